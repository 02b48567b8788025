"""What was known then: every list, show and report answers from the store as it was."""

from __future__ import annotations

import catalogue
from conftest import EXAMPLE, rows

READS = [
    "unit list",
    "unit show 杭州分行",
    "manager list",
    "manager list --fields code,clients,capacity",
    "manager show M01",
    "manager leaves",
    "client list --limit 400",
    "client list --manager M39",
    "client list --size large --fields code,name,size,manager,last_visit",
    "client list --unassigned",
    "client list --class size=large --limit 400",
    "client classify --propose",
    "client show 000625",
    "client find 长安",
    "assign list --manager M01",
    "assign why 000625",
    "assign plan",
    "visit list --client 000625",
    "client duplicates",
    "export visits - --format tsv",
    "visit show {visit}",
    "diary list --manager M01",
    "diary show {diary}",
    "due --manager M01 --from 2016-03-01",
    "due --count",
    "diary gaps --quarter 2016Q1",
    "diary gaps --quarter 2016Q1 --count",
    "result list --manager M01",
    "appraise list",
    "appraise scores",
    "appraise merits",
    "appraise explain M01 --quarter 2016Q1",
    "appraise explain M01 --quarter 2016Q1 --prove",
    "appraise what-if --set deposits=9000 --quarter 2016Q1",
    "appraise what-if --indicator deposits --reach excellent --manager M01 --quarter 2016Q1",
    "report appraisal --quarter 2016Q1",
    "report appraisal --quarter 2016Q1 --manager M01",
    "report visits --month 2016-03",
    "regulation caps --unit 成都",
    "calendar show --month 2016-04",
    "journal list",
    "journal show 5",
    "journal show --client 000625",
    "journal show --manager M01 --field actual",
    "journal head",
    "store info --fields kind,name,count",
    "regulation used",
    "regulation list",
]
WRITES = [
    "unit add 新机构 --kind operating",
    "unit set 杭州分行 --region 西藏",
    "manager set M01 --name 林一诺 --education master --capacity 1",
    "manager set M40 --status suspended",
    "manager cover M39 --region 西藏 --only",
    "manager leave M01 --first 2016-03-14 --last 2016-03-18",
    "client set 000625 --name 长安新 --assets 1 --region 西藏 --industry 白酒",
    "client class 000625 size 小型 --reason 试",
    "client add 688982 --name 长安新",
    "client add 688981 --name 长安中芯 --assets 1200亿",
    "assign move 000625 M01 --reason 试 --on 2016-04-05",
    "assign apply --on 2016-04-06",
    "visit log 000625 --manager M01 --mode door --day 2016-03-30",
    "undo {diaries}",
    "calendar set 2016-04-11 holiday --name 行庆",
    "result set M01 deposits 2016-03 --actual 1",
    "undo {leaves} --skip-conflicts",
    "undo {merits}",
    "appraise score M01 attitude 2016Q1 10 --rated-by 客户部",
    "appraise decide M01 称职 --quarter 2016Q1 --by 行长 --reason 复议",
    "appraise run --quarter 2016Q1",
    f"regulation add {EXAMPLE.parent}/hangzhou-2016.yaml",
    "regulation use abc-2001 --since 2016-01-01 --unit 杭州分行",
    "regulation use abc-2001 --since 2016-02-01",
    "undo",
]


# they print what comes with the program, or is of the server
ELSEWHERE = {
    *(f"regulation {verb}" for verb in ("show", "test", "diff", "new")),
    "help",
    "store roles",
    "version",
}


def then(text: str) -> str:
    """Return an answer without the size of the file, which is that of now."""
    return "".join(x for x in text.splitlines(keepends=True) if not x.startswith("Size"))


def test_every_answer_is_that_of_then(example, ok, cm):
    """The same question before many changes, after them, and after them about before."""
    head = rows(example, "SELECT max(number) FROM entry")[0][0]
    numbers = {
        "visit": rows(example, "SELECT min(id) FROM visit WHERE manager = 'M01'")[0][0],
        "diary": rows(example, "SELECT min(id) FROM diary")[0][0],
    }
    for name in ("leaves", "merits", "diaries"):
        entry = rows(example, "SELECT number FROM entry WHERE command LIKE ?", f"%import {name}%")
        numbers[name] = entry[0][0]
    questions = [tuple(line.format(**numbers).split()) for line in READS]
    before = {words: then(ok(*words).out) for words in questions}
    assert all(before.values())
    for line in WRITES:
        ok(*line.format(**numbers).split())
    assert [
        words
        for words in questions
        if then(ok(*words, "--known-at", str(head)).out) != before[words]
    ] == []
    unchanged = [words for words in questions if then(cm(*words).out) == before[words]]
    assert unchanged == [("journal", "show", "5")], "a question nothing was done about"


def test_every_command_that_reads_the_store_is_asked():
    asked = {" ".join(line.split()[:2]) for line in READS} | {line.split()[0] for line in READS}
    reads = {
        path
        for path, command in catalogue.commands()
        if "known_at" in {p.name for p in getattr(command, "params", ())}
    }
    assert sorted(reads - asked - ELSEWHERE) == []
