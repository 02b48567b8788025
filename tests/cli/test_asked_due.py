"""``cm due`` on the example: diaries, contacts, inspections, appraisals, ends of terms."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from conftest import rows

from cm_cli.usecases.regulations import preset


@pytest.fixture
def due(ok):
    def ask(*words):
        return json.loads(ok("due", *words, "--json").out)

    return ask


def of(lines, duty):
    return [line for line in lines if line["duty"] == duty]


def test_missing_diaries_are_those_of_the_gaps(example, ok, due):
    gaps = json.loads(ok("diary", "gaps", "--month", "2016-03", "--json").out)
    found = of(due("--from", "2016-03-01", "--to", "2016-03-31"), "diary")
    assert Counter((r["manager"], r["day"]) for r in found) == Counter(
        (r["manager"], r["day"]) for r in gaps
    )
    assert {(r["state"], r["article"]) for r in found} == {("overdue", "10(1)")}
    assert [r["manager"] for r in of(due(), "diary") if r["state"] == "due"] == sorted(
        r["manager"] for r in json.loads(ok("diary", "gaps", "--month", "2016-04", "--json").out)
    )


def test_contacts_are_the_last_visit_and_the_days_of_the_class(example, due):
    cycle = {"large": 30, "medium": 60, "small": 90, "micro": 180}
    held = rows(
        example,
        "SELECT a.client, a.manager, a.since, k.grade, (SELECT max(day) FROM visit v WHERE v.client = a.client)"
        " FROM assignment a JOIN classification k ON k.client = a.client AND k.scheme = 'size'"
        " WHERE a.until IS NULL AND k.until IS NULL",
    )
    expected = {}
    for client, manager, since, grade, last in held:
        day = date.fromisoformat(last or since) + timedelta(days=cycle[grade])
        if day <= date(2016, 4, 1):
            expected[client] = (manager, day.isoformat(), grade, last)
    found = of(due(), "contact")
    assert {r["client"]: (r["manager"], r["day"], r["class"], r["last"]) for r in found} == expected
    assert all(
        (r["late"] or 0) == (date(2016, 4, 1) - date.fromisoformat(r["day"])).days for r in found
    )


def test_a_visit_settles_a_contact_and_the_store_knows_it_then(example, ok, due):
    line = next(r for r in due("--manager", "M02") if r["duty"] == "contact")
    ok("visit", "log", line["client"], "--manager", "M02", "--mode", "door")

    def owed(*words):
        return [r["client"] for r in of(due("--manager", "M02", *words), "contact")]

    assert line["client"] not in owed()
    assert line["client"] in owed("--known-at", "12")
    assert line["client"] in [
        r["client"]
        for r in due("--manager", "M02", "--from", "2016-04-01", "--done")
        if r["state"] == "done"
    ]


def test_leave_and_holidays_owe_no_diary(store, ok, due):
    ok("unit", "add", "甲行", "--kind", "operating")
    ok(
        "manager",
        "add",
        "M1",
        "--name",
        "张三",
        "--unit",
        "甲行",
        "--grade",
        "manager",
        "--post-since",
        "2016-04-04",
    )
    ok("manager", "leave", "M1", "--first", "2016-04-06", "--last", "2016-04-07")
    ok("calendar", "set", "2016-04-08", "holiday", "--name", "行庆")
    found = of(due("--to", "2016-04-12"), "diary")  # the 4th is 清明, the 9th and 10th a week-end
    assert [r["day"] for r in found] == ["2016-04-05", "2016-04-11", "2016-04-12"]


def test_inspections_are_told_once_somebody_records_them(example, ok, due):
    assert of(due(), "diary:inspection") == []
    from conftest import edit

    edit(
        example,
        "UPDATE diary SET inspected_by = '客户部', inspected_on = '2016-03-28'"
        " WHERE manager = 'M01' AND day BETWEEN '2016-03-21' AND '2016-03-27'",
    )
    found = of(due("--from", "2016-03-21", "--to", "2016-03-27", "--done"), "diary:inspection")
    states = {r["manager"]: r["state"] for r in found}
    assert states.pop("M01") == "done"
    assert set(states.values()) == {"overdue"}
    assert {r["day"] for r in found} == {"2016-03-27"}


def test_the_appraisal_of_the_year_is_owed_until_there_is_one(example, ok, due):
    ok("manager", "set", "M01", "--entered", "2010-01-01", "--post-since", "2010-01-01")

    def owed():
        return [(r["day"], r["late"]) for r in due("--manager", "M01") if r["duty"] == "appraisal"]

    assert owed() == [("2015-12-31", 92)]
    ok("appraise", "run", "--year", "2015", "--manager", "M01")
    assert owed() == []


def test_the_end_of_a_term_is_announced_sixty_days_before(example, ok, due):
    ok("manager", "set", "M01", "--post-since", "2015-06-01")

    def ends(day):
        return [r["day"] for r in due("--manager", "M01", "--on", day) if r["duty"] == "term"]

    assert (ends("2016-03-31"), ends("2016-04-01")) == ([], ["2016-05-31"])


def test_counted_and_overdue_are_the_same_lines(example, due):
    lines = due("--overdue")
    assert {r["state"] for r in lines} == {"overdue"}
    counted = {(r["manager"], r["duty"]): r["overdue"] for r in due("--overdue", "--count")}
    assert counted == Counter((r["manager"], r["duty"]) for r in lines)
    days = [r["day"] for r in lines]
    assert days == sorted(days)


WEEKLY = """
  - code: round
    name: {zh: 每周走访, en: round of visits}
    record: visit
    every: week
    at_least: 2
    deadline: {weekday: 5, article: "8(4)"}
    unit_kinds: [operating]
    article: "8(4)"
  - code: others
    name: {zh: 主管走访, en: visits of the head}
    record: visit
    every: week
    by: [client_department]
    grades: [senior]
    article: "8(4)"
"""


@pytest.fixture
def weekly(ok, tmp_path):
    """Return a copy of the regulation that also asks for two visits a week, by Friday."""
    file = tmp_path / "weekly.yaml"
    text = preset("abc-2001")[1].replace("\nduties:\n", "\nduties:" + WEEKLY, 1)
    file.write_text(text.replace("code: abc-2001", "code: abc-weekly", 1), encoding="utf-8")
    return file


def staffed(ok):
    for unit, kind in (("甲行", "operating"), ("乙行", "managing")):
        ok("unit", "add", unit, "--kind", kind)
    for code, unit in (("M1", "甲行"), ("M2", "甲行"), ("M3", "乙行")):
        given = ("--unit", unit, "--grade", "manager", "--post-since", "2016-01-01")
        ok("manager", "add", code, "--name", code, *given)
    ok("client", "add", "C1", "--name", "甲公司")


def test_visits_of_a_week_are_counted_against_what_is_asked_and_due_on_its_friday(
    store, ok, due, weekly
):
    staffed(ok)
    ok("regulation", "use", weekly, "--since", "2016-03-01")
    for day, time in (("2016-03-28", "09:00"), ("2016-03-28", "15:00"), ("2016-03-21", "09:00")):
        ok("visit", "log", "C1", "--manager", "M1", "--mode", "door", "--day", day, "--time", time)
    found = of(due("--from", "2016-03-21", "--to", "2016-04-01", "--done"), "round")
    assert [(r["manager"], r["day"], r["state"], r["said"]) for r in found] == [
        ("M1", "2016-03-25", "overdue", "overdue, 1 lacking"),
        ("M2", "2016-03-25", "overdue", "overdue"),
        ("M1", "2016-04-01", "done", "done"),
        ("M2", "2016-04-01", "due", "due"),
    ]  # and nothing of M3, whose unit is of the other kind


def test_every_manager_is_asked_what_the_regulation_of_his_unit_asks(store, ok, due, weekly):
    staffed(ok)
    ok("regulation", "use", weekly, "--since", "2016-03-01", "--unit", "甲行")
    asked = {r["manager"] for r in of(due("--from", "2016-03-28"), "round")}
    assert asked == {"M1", "M2"}
    assert {r["manager"] for r in of(due("--from", "2016-03-28"), "diary")} == {"M1", "M2", "M3"}


def test_duties_of_which_the_store_holds_no_records_are_named_beneath(store, ok, weekly):
    staffed(ok)
    ok("regulation", "use", weekly, "--since", "2016-03-01")
    (note,) = [
        line
        for line in ok("due", "--format", "text").out.splitlines()
        if line.startswith("Duties not listed")
    ]
    named = note.partition(": ")[2].split(", ")
    assert {"visits of the head", "client archive"} <= set(named)
    assert not {"work diary", "round of visits"} & set(named)
    assert note in ok("due", "--count", "--format", "text").out
    alone = ok("due", "--manager", "M1", "--format", "text").out
    assert "client archive" in alone
    assert "visits of the head" not in alone  # seniors owe it


def test_where_nothing_is_due_nothing_is_printed(store, ok):
    said = ok("due")
    assert (said.out, said.err) == ("", "")
    assert ok("due", "--json").out.strip() == "[]"


def test_days_turned_round(store, cm):
    said = cm("due", "--from", "2016-04-02", "--to", "2016-04-01")
    assert (said.code, said.err) == (
        2,
        "Error: 2016-04-02 is after 2016-04-01\nNext: Turn --from and --to round.\n",
    )


def test_a_visit_of_years_ago_is_still_the_last_one(example, due):
    """The visits of a year are gone through together, older ones looked up one by one."""
    alone = of(due("--manager", "M02", "--on", "2018-01-01"), "contact")
    among = [r for r in of(due("--on", "2018-01-01"), "contact") if r["manager"] == "M02"]
    assert alone == among
    last = dict(
        rows(example, "SELECT client, max(day) FROM visit GROUP BY client HAVING count(*) > 0")
    )
    assert {r["client"]: r["last"] for r in alone if r["last"]} == {
        r["client"]: last[r["client"]] for r in alone if r["client"] in last
    }
    assert any(r["last"] for r in alone)
