"""Appraisal on the real example: facts, scores, decision, proof, reports."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from conftest import rows

QUARTER = ("--quarter", "2016Q1")


def items(ok, code):
    document = json.loads(ok("report", "appraisal", *QUARTER, "--manager", code, "--json").out)
    return {row["code"]: row for row in document["sheets"][0]["rows"]}


def test_the_facts_are_those_of_the_records(example, ok):
    found = items(ok, "M10")
    assert (
        found["new_clients"]["actual"]
        == rows(
            example,
            "SELECT sum(CAST(actual AS REAL)) FROM result WHERE manager = 'M10' AND indicator = 'new_clients'",
        )[0][0]
    )
    clients = {c for (c,) in rows(example, "SELECT client FROM assignment WHERE manager = 'M10'")}
    visited = {c for (c,) in rows(example, "SELECT client FROM visit WHERE manager = 'M10'")}
    share = Decimal(100 * len(clients & visited)) / len(clients)
    assert Decimal(str(found["contact"]["actual"])).quantize(Decimal("0.01")) == share.quantize(
        Decimal("0.01")
    )


def test_the_total_is_the_sum_by_hand(example, ok):
    """M10: 60 % quantitative (70 management, 30 expansion), 40 % qualitative (articles 17, 18)."""
    found = items(ok, "M10")
    capped = {
        code: min(max(Decimal(str(row["completion"])), Decimal(0)), Decimal(120))
        for code, row in found.items()
        if row["completion"] is not None
    }
    shares = {
        code: Decimal(str(found[code]["actual"]))
        for code in ("contact", "diary", "attitude", "ability")
    }
    management = (
        capped["deposits"] * 35
        + capped["loans"] * 25
        + capped["intermediary"] * 15
        + shares["contact"] * 15
        + shares["diary"] * 10
    )
    expansion = capped["new_clients"] * 70 + capped["new_products"] * 30
    quantitative = (management * 70 + expansion * 30) / 10000
    qualitative = (shares["attitude"] + shares["ability"]) / 2
    by_hand = quantitative * Decimal("0.6") + qualitative * Decimal("0.4")
    bonus = rows(
        example, "SELECT coalesce(sum(CAST(points AS REAL)), 0) FROM merit WHERE manager = 'M10'"
    )[0][0]
    total = Decimal(rows(example, "SELECT total FROM appraisal WHERE manager = 'M10'")[0][0])
    assert abs(total - by_hand - Decimal(str(bonus))) < Decimal("0.02")


def test_diaries_are_due_on_working_days_in_post_and_not_on_leave(example, ok):
    """2016Q1 has 61 working days; M23 was on leave over its end."""
    from cm_cli.domain.calendar import WorkCalendar
    from cm_cli.domain.period import quarter

    worked = WorkCalendar().workdays(quarter(2016, 1).days())
    assert len(worked) == 61
    first, last = rows(example, "SELECT first, last FROM leave WHERE manager = 'M23'")[0]
    due = [day for day in worked if not first <= day.isoformat() <= last]
    written = {d for (d,) in rows(example, "SELECT day FROM diary WHERE manager = 'M23'")}
    share = Decimal(100 * sum(day.isoformat() in written for day in due)) / len(due)
    assert Decimal(str(items(ok, "M23")["diary"]["actual"])).quantize(
        Decimal("0.01")
    ) == share.quantize(Decimal("0.01"))


def test_missing_diaries_are_counted_by_manager_the_most_first(example, ok):
    listed = json.loads(ok("diary", "gaps", *QUARTER, "--json").out)
    counted = json.loads(ok("diary", "gaps", *QUARTER, "--count", "--json").out)
    days = {row["manager"]: [] for row in listed}
    for row in listed:
        days[row["manager"]].append(row["day"])
    assert [(r["manager"], r["missing"], r["first"], r["last"]) for r in counted] == [
        (code, len(days[code]), days[code][0], days[code][-1])
        for code in sorted(days, key=lambda code: (-len(days[code]), code))
    ]
    assert sum(r["missing"] for r in counted) == len(listed) > len(counted) > 1


def test_a_run_again_changes_nothing_and_a_decision_is_left_alone(example, ok):
    assert "Nothing to change." in ok("appraise", "run", *QUARTER).err
    ok("appraise", "decide", "M10", "基本称职", *QUARTER, "--by", "主管行长")
    ok("appraise", "score", "M10", "attitude", "2016Q1", "10", "--rated-by", "客户部")
    said = ok("appraise", "run", *QUARTER)
    assert "1 appraisal has been decided and is left as it is" in said.err
    assert rows(
        example, "SELECT rating, proposed, state, decided_by FROM appraisal WHERE manager = 'M10'"
    ) == [("basic", "excellent", "decided", "主管行长")]


def test_an_unverified_penalty_does_not_count(example, ok):
    before = rows(example, "SELECT total FROM appraisal WHERE manager = 'M10'")[0][0]
    event = (
        "appraise",
        "merit",
        "M10",
        "breach",
        "--points",
        "3",
        "--day",
        "2016-03-01",
        "--evidence",
        "违规",
    )
    ok(*event)
    ok("appraise", "run", *QUARTER)
    assert rows(example, "SELECT total FROM appraisal WHERE manager = 'M10'")[0][0] == before
    ok(
        "appraise",
        "merit",
        "M10",
        "breach",
        "--points",
        "3",
        "--day",
        "2016-03-02",
        "--evidence",
        "违规查实",
        "--verified-by",
        "客户部",
    )
    ok("appraise", "run", *QUARTER)
    after = rows(example, "SELECT total FROM appraisal WHERE manager = 'M10'")[0][0]
    assert Decimal(before) - Decimal(after) == 3


def test_every_score_on_record_is_proved_and_an_altered_record_is_named(example, ok, cm):
    for code in ("M01", "M10", "M23", "M60"):
        ok("appraise", "explain", code, *QUARTER, "--prove")
    row = rows(example, "SELECT id FROM score WHERE manager = 'M10' AND item = 'ability'")[0][0]
    ok("appraise", "score", "M10", "ability", "2016Q1", "1", "--rated-by", "客户部")
    said = cm("appraise", "explain", "M10", *QUARTER, "--prove")
    assert said.code == 1
    assert f"score#{row}" in said.err


def test_year_consequences_follow_article_16(example, ok):
    """A senior rated 不称职 goes down one grade; two years 优秀: one grade up or a raise."""
    ok(
        "appraise",
        "run",
        "--year",
        "2016",
        "--on",
        "2016-12-31",
        "--manager",
        "M01",
        "--manager",
        "M10",
    )
    ok("appraise", "decide", "M01", "不称职", "--year", "2016", "--by", "主管行长")
    found = dict(rows(example, "SELECT manager, consequence FROM appraisal WHERE period = '2016'"))
    assert found["M01"] == "one_grade_down"


def test_a_period_without_the_regulation_is_refused(example, cm):
    said = cm("appraise", "run", "--year", "2000")
    assert said.code == 65
    assert "No regulation is in use" in said.err


@pytest.mark.parametrize("name", ["markdown", "csv", "json", "text", "jsonl", "tsv"])
def test_the_report_is_written_in_every_format(example, ok, name):
    said = ok("report", "appraisal", *QUARTER, "--manager", "M10", "--format", name)
    assert "attitude" in said.out


def test_the_sheet_says_all_a_head_signs_for(example, ok):
    text = ok("report", "appraisal", *QUARTER, "--manager", "M10", "--lang", "zh").out
    for words in (
        "梅予安 (M10)",
        "2016Q1",
        "目标",
        "实际",
        "完成率",
        "权重",
        "总分",
        "等次",
        "位次",
        "管理办法",
        "数据截至",
        "主管行长",
    ):
        assert words in text


def test_the_overview_ranks_all_and_counts_ratings(example, ok):
    document = json.loads(ok("report", "appraisal", *QUARTER, "--overview", "--json").out)
    ranking, ratings, *_rest = document["sheets"]
    assert len(ranking["rows"]) == 59
    ranks = [row["rank"] for row in ranking["rows"]]
    assert ranks[0] == 1
    assert ranks == sorted(ranks)
    assert sum(row["managers"] for row in ratings["rows"]) == 59


def test_all_sheets_become_files_of_their_own(example, ok, tmp_path):
    ok("report", "appraisal", *QUARTER, "--format", "markdown", "-o", f"{tmp_path}/sheets/")
    files = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert len(files) == 60
    assert "appraisal-M10-2016Q1.md" in files
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "sheets").iterdir()} == {0o600}


def test_a_csv_of_all_items_can_be_read_by_a_spreadsheet(example, ok, tmp_path):
    ok("report", "appraisal", *QUARTER, "--overview", "-o", tmp_path / "all.csv")
    raw = (tmp_path / "all.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_the_same_report_is_the_same_bytes(example, ok, tmp_path, monkeypatch):
    for zone in ("Asia/Shanghai", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        ok("report", "appraisal", *QUARTER, "--overview", "-o", tmp_path / f"{zone[:4]}.json")
    assert (tmp_path / "Asia.json").read_bytes() == (tmp_path / "Amer.json").read_bytes()


def test_a_report_needs_one_period(example, cm):
    assert cm("report", "appraisal").code == 2
    assert cm("report", "appraisal", *QUARTER, "--month", "2016-03").code == 2
    assert cm("report", "appraisal", "--quarter", "2016Q5").code == 2
    assert cm("report", "nonsense", *QUARTER).code == 2


def test_visits_report_counts_what_was_visited(example, ok):
    found = json.loads(ok("report", "visits", "--month", "2016-03", "--json", "--overview").out)
    table = found["sheets"][0]["rows"] if isinstance(found, dict) else found
    row = next(row for row in table if row["manager"] == "M10")
    assert (
        row["visits"]
        == rows(
            example, "SELECT count(*) FROM visit WHERE manager = 'M10' AND day LIKE '2016-03%'"
        )[0][0]
    )


@pytest.mark.parametrize("other", ["bank-post-generic", "beijing-postal-finance", "tobacco"])
def test_a_card_on_record_keeps_the_regulation_it_was_made_by(example, ok, other):
    """Whatever is in use now: one with other ratings, one of years only, one without appraisal."""
    before = ok("report", "appraisal", *QUARTER, "--manager", "M01", "--format", "text").out
    ok("regulation", "use", other, "--since", "2016-01-02")
    ok("manager", "set", "M01", "--unit", "南京分行")
    after = ok("report", "appraisal", *QUARTER, "--manager", "M01", "--format", "text").out
    assert "abc-2001" in after
    assert after == before
    assert "abc-2001" in ok("appraise", "explain", "M01", *QUARTER, "--format", "text").out
    ok("report", "appraisal", *QUARTER)
    ok("appraise", "decide", "M01", "称职", *QUARTER, "--by", "行长")
    assert rows(example, "SELECT rating FROM appraisal WHERE manager = 'M01'") == [("competent",)]


def test_a_card_from_elsewhere_is_counted_by_its_own_rating(example, ok, tmp_path):
    """Its regulation is none that was ever used here."""
    whole = json.loads(ok("report", "appraisal", *QUARTER, "--json").out)["sheets"]
    file = tmp_path / "a.jsonl"
    ok("export", "appraisals", file)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["text_digest"] = "0" * 64
        line["scorecard"] = line["scorecard"].replace('"code":"excellent"', '"code":"splendid"')
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_text(text, encoding="utf-8")
    ok("import", "appraisals", file)
    assert rows(example, "SELECT count(*) FROM appraisal WHERE scorecard LIKE '%splendid%'") != [
        (0,)
    ]
    found = json.loads(ok("report", "appraisal", *QUARTER, "--json").out)["sheets"]
    counts = {row["rating"]: row["managers"] for row in found[1]["rows"]}
    assert sum(counts.values()) == sum(row["managers"] for row in whole[1]["rows"])


def test_a_score_of_the_middle_of_a_month_is_proved_at_its_end(example, ok):
    """The working days since are no change of records."""
    ok("appraise", "run", "--month", "2016-02", "--manager", "M01", "--on", "2016-02-25")
    said = ok("appraise", "explain", "M01", "--month", "2016-02", "--prove", "--on", "2016-03-01")
    assert "calendar" not in said.err
    sheet = ok("report", "appraisal", "--month", "2016-02", "--manager", "M01", "--format", "text")
    assert "Records were changed" not in sheet.out


def test_who_begins_after_the_period_is_not_appraised(example, ok):
    given = (
        "--name",
        "新人",
        "--unit",
        "杭州分行",
        "--grade",
        "manager",
        "--entered",
        "2016-05-03",
    )
    ok("manager", "add", "M90", *given, "--on", "2016-05-03")
    ok("appraise", "run", "--month", "2016-03", "--on", "2016-05-10")
    assert rows(example, "SELECT count(*) FROM appraisal WHERE manager = 'M90'") == [(0,)]
    ok("appraise", "run", "--month", "2016-05", "--on", "2016-05-31")
    assert rows(example, "SELECT count(*) FROM appraisal WHERE manager = 'M90'") == [(1,)]


def test_who_left_later_stays_in_the_visits_of_the_months_he_worked(example, ok):
    def visits(*words):
        found = json.loads(ok("report", "visits", *words, "--overview", "--json").out)
        return {row["manager"]: row for row in found["sheets"][0]["rows"]}

    before = visits("--month", "2016-03")
    ok("manager", "set", "M05", "--status", "departed", "--on", "2016-04-05")
    after = visits("--month", "2016-03")
    assert after["M05"]["visits"] == before["M05"]["visits"]
    months = [visits("--month", f"2016-0{month}") for month in (1, 2, 3)]
    quarter = visits(*QUARTER)
    for code, row in quarter.items():
        assert row["visits"] == sum(each.get(code, {"visits": 0})["visits"] for each in months)
    said = ok("appraise", "run", "--month", "2016-03").err
    assert "M05" in said


def test_a_card_is_the_same_in_whichever_language_it_was_made(example, ok):
    """What closes the next grade is kept in both and shown in that of the reader."""
    cards = []
    for language in ("zh", "en"):
        for year in ("2015", "2016"):
            span = ("--year", year, "--lang", language, "--on", f"{year}-12-31")
            ok("appraise", "run", "--manager", "M05", *span)
            ok("appraise", "decide", "M05", "优秀", "--by", "行长", *span)
        asked = "SELECT scorecard FROM appraisal WHERE manager = 'M05' AND period = '2016'"
        cards.append(re.sub(r"appraisal#\d+", "", rows(example, asked)[0][0]))
        sheet = ("report", "appraisal", "--year", "2016", "--manager", "M05", "--format", "text")
        shown = {each: ok(*sheet, "--lang", each).out for each in ("zh", "en")}
        assert ("已用满" in shown["zh"], "is used up" in shown["zh"]) == (True, False)
        assert ("已用满" in shown["en"], "is used up" in shown["en"]) == (False, True)
        for _entry in range(4):
            ok("undo")
    assert cards[0] == cards[1]


def test_levels_of_education_are_called_by_their_names(example, ok):
    ok("manager", "set", "M05", "--education", "college")
    said = ok("regulation", "caps", "--promote", "M05=senior", "--lang", "zh").out
    assert ("本科及以上学历" in said, "bachelor" in said, "college" in said) == (True, False, False)


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_year_nobody_keeps_records_of_is_no_period(example, cm, year):
    said = cm("report", "appraisal", "--year", year)
    assert (said.code, f"“{year}” is not a period" in said.err) == (2, True)
