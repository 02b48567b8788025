"""``cm regulation``: texts of one's own in the store, layers over a parent, and who is ruled by which."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import rows

import cm_cli

ROOT = Path(__file__).parents[2]
ABC = ROOT / "cm_cli/regulations/abc/abc-2001.yaml"
LAYER = """\
regulation: branch
extends: abc-2001
name: {zh: 分行细则, en: branch rules}
since: 2016-01-01
grades:
  - {code: senior, cap: {percent: 30, chosen: "decided by the branch"}}
"""
CASES = """\
regulation: branch
caps:
  - {name: three of ten, article: "7", heads: {assistant: 3, manager: 4, senior: 3}, most: {manager: 5, senior: 3}}
"""


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Return the file of a layer over abc-2001, with its cases beside it."""
    (tmp_path / "branch.yaml").write_text(LAYER, encoding="utf-8")
    (tmp_path / "branch.cases.yaml").write_text(CASES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "branch.yaml"


def layer_over(parent: str, folder: Path, code: str = "office") -> Path:
    file = folder / f"{code}.yaml"
    term = 'term: {years: 2, chosen: "decided by the office"}\n'
    file.write_text(f"regulation: {code}\nextends: {parent}\n{term}", encoding="utf-8")
    return file


def test_a_layer_is_checked_tested_and_shown_from_its_file(own, cm, ok):
    assert ok("regulation", "check", own).out == ""
    assert "three of ten" in ok("regulation", "test", own, "--format", "tsv").out
    said = ok("regulation", "show", own)
    assert "30% of the unit, chosen: decided by the branch [branch]" in said.out
    assert "50% of the unit, article 7 [abc-2001]" in said.out
    assert "senior" not in ok("regulation", "show", own, "--article", "7").out
    own.write_text(LAYER.replace("percent: 30", "percent: 0"), encoding="utf-8")
    said = cm("regulation", "check", own)
    assert said.code == 1
    assert "branch.yaml:6" in said.err


def test_cases_wait_until_the_rules_are_sound(own, cm):
    preset = Path(cm_cli.__file__).parent / "regulations/hkib-course"
    rules = (preset / "hkib-course.yaml").read_text(encoding="utf-8")
    slip = rules.replace("{code: complex,", "{code: complexx,")
    assert slip != rules
    (own.parent / "own.yaml").write_text(slip, encoding="utf-8")
    cases = (preset / "hkib-course.cases.yaml").read_text(encoding="utf-8")
    (own.parent / "own.cases.yaml").write_text(cases, encoding="utf-8")
    said = cm("regulation", "check", "own.yaml")
    assert said.code == 1
    assert "No answer of this code is in the regulation" in said.err
    assert "fails" not in said.err


def test_an_added_regulation_is_known_by_its_code_and_not_used_yet(own, store, ok, cm):
    said = ok("regulation", "add", own)
    assert "rulebook: 1 new" in said.err
    assert rows(store, "SELECT code, since FROM rulebook") == [("branch", "2016-01-01")]
    assert rows(store, "SELECT code FROM regulation") == [("abc-2001",)]
    own.unlink()
    assert ok("regulation", "check", "branch").out == ""
    assert "three of ten" in ok("regulation", "test", "branch", "--format", "tsv").out
    assert "[branch]" in ok("regulation", "show", "branch").out
    assert ok("regulation", "show", "branch", "--yaml").out == LAYER
    assert ok("regulation", "show", "branch", "--layer", "abc-2001").out == ABC.read_text()
    assert cm("regulation", "show", "branch", "--layer", "abc").code == 2
    listed = json.loads(ok("regulation", "list", "--json").out)
    assert listed[-1]["code"] == "branch"
    assert listed[-1]["layers"] == "abc-2001"
    said = cm("regulation", "show", "brnch")
    assert (said.code, "“branch”" in said.err) == (2, True)


def test_the_same_text_again_is_harmless_another_is_refused(own, store, ok, cm):
    ok("regulation", "add", own)
    assert "Nothing to change" in ok("regulation", "add", own).err
    own.write_text(LAYER.replace("percent: 30", "percent: 25"), encoding="utf-8")
    said = cm("regulation", "add", own)
    assert said.code == 65
    assert "The store holds another text of branch of 2016-01-01" in said.err
    own.write_text(LAYER.replace("2016-01-01", "2017-01-01"), encoding="utf-8")
    ok("regulation", "add", own)
    assert rows(store, "SELECT since FROM rulebook ORDER BY since") == [
        ("2016-01-01",),
        ("2017-01-01",),
    ]
    assert "2016-01-01" in ok("regulation", "show", "branch@2016-01-01").out
    ok("regulation", "use", "branch", "--since", "2016-06-01")
    assert rows(store, "SELECT code FROM regulation ORDER BY since") == [("abc-2001",), ("branch",)]
    assert "since: 2016-01-01" in rows(store, "SELECT text FROM regulation ORDER BY since")[1][0]
    ok("undo")
    ok("undo")
    assert rows(store, "SELECT since FROM rulebook") == [("2016-01-01",)]
    ok("journal", "verify")


def test_what_is_refused_of_an_own_regulation(own, cm, ok, store):
    assert cm("regulation", "add", "abc-2001").code == 2
    copy = own.with_name("copy.yaml")
    copy.write_text(ABC.read_text(), encoding="utf-8")
    said = cm("regulation", "add", copy)
    assert said.code == 65
    assert "extends: abc-2001" in said.err
    cases = own.with_name("branch.cases.yaml")
    cases.write_text(CASES.replace("branch", "other"), encoding="utf-8")
    said = cm("regulation", "add", own)
    assert said.code == 65
    assert "cases of another regulation" in said.err
    cases.write_text(CASES.replace('"7"', '"8"'), encoding="utf-8")
    own.write_text(LAYER.replace('chosen: "decided by the branch"', 'article: "7"'))
    assert "Article 7 decides something and has no case" in ok("regulation", "add", own).err
    assert rows(store, "SELECT count(*) FROM rulebook") == [(1,)]
    cases.unlink()
    own.unlink()
    layer_over("branch", own.parent)
    ok("regulation", "add", "office.yaml")
    said = cm("regulation", "test", "office")
    assert said.code == 66
    assert "The store has no cases of office" in said.err


def test_layers_keep_working_after_the_files_are_gone(own, store, ok, cm, tmp_path):
    """A file beside, a code in the store, and the digest over all of them."""
    office = layer_over("branch.yaml", tmp_path)
    ok("regulation", "use", office, "--since", "2016-03-01")
    desk = layer_over("office", tmp_path, "desk")
    ok("regulation", "add", desk)
    for file in (own, office, desk):
        file.unlink()
    kept = rows(store, "SELECT text_digest, parents FROM regulation ORDER BY since DESC LIMIT 1")
    assert [Path(file).name for file, _text in json.loads(kept[0][1])] == [
        "branch.yaml",
        "abc-2001.yaml",
    ]
    said = ok("regulation", "show", "desk").out
    assert "Layer branch" in said
    assert "[desk]" in said
    assert ok("regulation", "check", "desk").out == ""
    assert ok("regulation", "show", "office", "--layer", "branch").out == LAYER
    ok("export", "regulations", tmp_path / "r.jsonl")
    ok("export", "rulebooks", tmp_path / "b.jsonl")
    assert "unchanged" in ok("import", "regulations", tmp_path / "r.jsonl").err
    assert "unchanged" in ok("import", "rulebooks", tmp_path / "b.jsonl").err
    text = (tmp_path / "b.jsonl").read_text(encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(text.replace("years: 2", "years: 3"), encoding="utf-8")
    assert cm("import", "rulebooks", tmp_path / "b.jsonl").code == 65
    (tmp_path / "r.jsonl").write_text(
        (tmp_path / "r.jsonl").read_text(encoding="utf-8").replace("percent: 30", "percent: 31"),
        encoding="utf-8",
    )
    assert cm("import", "regulations", tmp_path / "r.jsonl").code == 65


def test_a_bundle_takes_rulebooks_along(own, store, ok, tmp_path):
    ok("regulation", "add", own)
    ok("export", "all", tmp_path / "a.zip")
    other = ("--db", tmp_path / "other.db")
    ok("init", *other)
    ok("import", "all", tmp_path / "a.zip", *other)
    assert ok("regulation", "show", "branch", "--yaml", *other).out == LAYER


# path tricks, cycles and things that are no regulation: what `extends:` names, and what is said
TRICKS = [
    ("../../etc/passwd", "There is no regulation"),
    ("../../etc/passwd.yaml", "not the plain name of a file beside this one"),
    ("/etc/shadow.yaml", "not the plain name of a file beside this one"),
    ("./abc.yaml", "not the plain name of a file beside this one"),
    ('"..\\\\x.yaml"', "not the plain name of a file beside this one"),
    ("link.yaml", "is a link, a folder or a device"),
    ("folder.yaml", "is a link, a folder or a device"),
    ("pipe.yaml", "is a link, a folder or a device"),
    ("nothing.yaml", "There is no file"),
    ("trick.yaml", "cannot extend one of its own code"),
    ("binary.yaml", "is not UTF-8"),
    ('"a\\tb"', "There is no regulation"),
    ("abc-2001@1999-01-01", "There is no regulation"),
    ("x" * 5000, "There is no regulation"),
]


@pytest.mark.file_only
@pytest.mark.parametrize(("word", "said"), TRICKS, ids=range(len(TRICKS)))
def test_tricks_in_extends_are_findings(tmp_path, monkeypatch, cm, store, word, said):
    import os

    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("root:x:secret", encoding="utf-8")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "trick.yaml").write_text(f"regulation: trick\nextends: {word}\n", encoding="utf-8")
    found = cm("regulation", "check", "trick.yaml")
    assert found.code == 1
    assert said in found.err
    assert "trick.yaml:2" in found.err
    assert "secret" not in found.err
    assert cm("regulation", "add", "trick.yaml").code == 65
    assert rows(store, "SELECT count(*) FROM rulebook") == [(0,)]


BAD = sorted((ROOT / "tests/domain/bad").glob("*.yaml"))
NASTY = {
    "bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "merge": "base: {since: 2001-01-01}\n<<: {since: 2002-01-01}\n",
    "tag": "name: !!python/object/apply:os.system [touch pwned]\n",
    "nan": "articles: .nan\n",
    "power": "articles: 1e999999\n",
    "long": f"articles: {'9' * 100_000}\n",
    "deep": f"name: {'[' * 20_000}\n",
    "deep-map": "".join(f"{' ' * n}k:\n" for n in range(400)),
    "huge": f"# {'x' * 1_100_000}\n",
    "twice": "since: 2001-01-01\nsince: 2002-01-01\n",
    "control": "name: a\x07b\n",
    "bidi": "source: a\u202eb\n",
    "surrogate": 'source: "\\ud800"\n',
    "keys": "".join(f"k{n}: 1\n" for n in range(60_000)),
    "items": "grades:\n" + "- {code: x}\n" * 60_000,
    "documents": "---\na: 1\n---\nb: 2\n",
    "complex-key": "? [a, b]\n: c\n",
    "empty": "",
    "list": "- a\n",
    "nul": "name: a\0b\n",
}


@pytest.mark.file_only
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_no_bad_file_gets_into_the_store(path, cm, store):
    said = cm("regulation", "add", path)
    assert said.code == 65
    assert rows(store, "SELECT count(*) FROM rulebook") == [(0,)]


@pytest.mark.file_only
@pytest.mark.parametrize("name", NASTY)
def test_hostile_yaml_is_found_out_in_good_time(name, cm, store, tmp_path, monkeypatch):
    import time

    monkeypatch.chdir(tmp_path)
    head = "" if name in {"empty", "list", "documents"} else "regulation: x\n"
    Path("x.yaml").write_text(head + NASTY[name], encoding="utf-8", errors="surrogatepass")
    layer_over("x.yaml", Path())
    before = time.process_time()
    for words in (
        ("check", "x.yaml"),
        ("add", "x.yaml"),
        ("check", "office.yaml"),
        ("show", "office.yaml"),
    ):
        said = cm("regulation", *words)
        assert said.code in {1, 65}, said.err
        assert "x.yaml" in said.err or "office.yaml:2" in said.err
        assert len(said.err) < 1_000_000
        assert "\x07" not in said.err
        assert "\u202e" not in said.err
    assert time.process_time() - before < 30
    assert not Path("pwned").exists()
    assert rows(store, "SELECT count(*) FROM rulebook") == [(0,)]


GRADES = """\
regulation: {code}
extends: abc-2001
name: {{zh: {code}细则, en: {code} rules}}
since: 2016-01-01
grades:
  - {{code: senior}}
  - {{code: chief, name: {{zh: 首席客户经理, en: chief of {code}}}, chosen: "a grade of its own"}}
workflows:
  - code: to_chief
    name: {{zh: 评聘首席, en: to chief}}
    about: promotion
    from: senior
    to: chief
    chosen: "as to senior"
    steps: [{{state: named, name: {{zh: 聘任, en: named}}, by: bank}}]
training:
  - {{grade: chief, by: [bank], chosen: "the bank itself"}}
"""


@pytest.fixture
def several(store, ok, tmp_path, monkeypatch):
    """Return a store in which the province has rules of its own, and one line of business too."""
    monkeypatch.chdir(tmp_path)
    for name, superior in (
        ("总行", ""),
        ("浙江省分行", "总行"),
        ("杭州分行", "浙江省分行"),
        ("沪分行", "总行"),
    ):
        ok(
            "unit",
            "add",
            name,
            "--kind",
            "operating",
            *(("--superior", superior) if superior else ()),
        )
    limits = zip(("excellent", "competent", "basic"), (3, 2, 1), strict=True)
    lower = "".join(f"    - {{rating: {r}, from: {n}, chosen: of its own}}\n" for r, n in limits)
    for code, bands in (("province", f"appraisal:\n  bands:\n{lower}"), ("retail", "")):
        Path(f"{code}.yaml").write_text(GRADES.format(code=code) + bands, encoding="utf-8")
        ok("regulation", "add", f"{code}.yaml")
    ok("regulation", "use", "province", "--since", "2016-01-01", "--unit", "浙江省分行")
    ok("manager", "add", "M1", "--name", "甲", "--unit", "杭州分行", "--grade", "首席客户经理")
    ok(
        "manager",
        "add",
        "M2",
        "--name",
        "乙",
        "--unit",
        "沪分行",
        "--grade",
        "senior",
        "--line",
        "retail",
    )
    ok("regulation", "use", "retail", "--since", "2016-03-01", "--line", "retail")
    return store


def test_a_unit_is_ruled_by_its_own_or_that_of_the_unit_above(several, cm, ok):
    assert rows(several, "SELECT grade FROM manager ORDER BY code") == [("chief",), ("senior",)]
    said = cm("manager", "add", "M3", "--name", "丙", "--unit", "沪分行", "--grade", "chief")
    assert said.code == 65
    assert "“chief” is not in the list" in said.err
    ok(
        "manager",
        "add",
        "M3",
        "--name",
        "丙",
        "--unit",
        "沪分行",
        "--line",
        "retail",
        "--grade",
        "chief",
    )
    ok("manager", "set", "M2", "--grade", "chief")
    assert cm("manager", "set", "M3", "--line", "", "--grade", "chief").code == 65
    said = cm("manager", "set", "M2", "--grade", "chief", "--on", "2016-02-01")
    assert said.code == 65, "the line had no rules of its own then"
    listed = json.loads(ok("manager", "list", "--format", "json", "--fields", "code,grade").out)
    assert [each["grade"] for each in listed] == ["chief"] * 3
    assert "chief of province" in ok("manager", "show", "M1").out
    assert len(ok("manager", "list", "--grade", "chief", "--format", "tsv").out.splitlines()) == 4


def test_who_moves_to_a_unit_without_the_grade_is_noted(several, ok):
    said = ok("manager", "set", "M1", "--unit", "沪分行")
    assert "M1 keeps the grade chief, which the regulation for unit and line lacks" in said.err
    assert rows(several, "SELECT unit, grade FROM manager WHERE code = 'M1'") == [
        ("沪分行", "chief")
    ]
    assert "keeps" not in ok("manager", "set", "M1", "--grade", "senior", "--unit", "总行").err


def test_used_shows_what_rules_whom_since_when(several, ok):
    listed = json.loads(ok("regulation", "used", "--json").out)
    assert [(e["code"], e["unit"], e["line"], e["since"], e["today"]) for e in listed] == [
        ("abc-2001", "", "", "2001-10-01", True),
        ("retail", "", "retail", "2016-03-01", True),
        ("province", "浙江省分行", "", "2016-01-01", True),
    ]
    listed = json.loads(ok("regulation", "used", "--json", "--on", "2016-02-01").out)
    assert [each["today"] for each in listed] == [True, False, True]
    ok("undo")
    assert len(json.loads(ok("regulation", "used", "--json").out)) == 2
    ok("journal", "verify")
    ok("store", "check")


def test_a_use_ends_and_the_one_before_is_back(several, ok, cm):
    ok(
        "regulation",
        "use",
        "retail",
        "--since",
        "2016-05-01",
        "--until",
        "2016-06-30",
        "--unit",
        "浙江省分行",
    )
    for day, code in (
        ("2016-04-30", "province"),
        ("2016-05-01", "retail"),
        ("2016-07-01", "province"),
    ):
        listed = json.loads(ok("regulation", "used", "--json", "--on", day).out)
        assert [e["code"] for e in listed if e["unit"] and e["today"]] == [code], day
    said = cm("regulation", "use", "retail", "--since", "2016-05-01", "--until", "2016-04-30")
    assert (said.code, "lies before" in said.err) == (2, True)
    Path("short.yaml").write_text("regulation: short\nextends: abc-2001\nuntil: 2016-12-31\n")
    ok("regulation", "use", "short.yaml", "--since", "2016-11-01")
    assert json.loads(ok("regulation", "used", "--json").out)[1]["until"] == "2016-12-31"
    said = cm("regulation", "use", "short.yaml", "--since", "2016-11-01", "--until", "2017-01-01")
    assert (said.code, "until 2016-12-31" in said.err) == (2, True)


def test_the_unit_comes_before_the_line(several, ok, cm):
    """In the province the province's rules hold, for all lines, until the line has its own there."""
    ok("manager", "set", "M1", "--line", "retail")
    assert "chief of province" in ok("manager", "show", "M1").out
    ok("appraise", "run", "--quarter", "2016Q1")
    asked = "SELECT manager, regulation FROM appraisal ORDER BY manager"
    assert rows(several, asked) == [("M1", "province"), ("M2", "retail")]
    ok(
        "regulation",
        "use",
        "retail",
        "--since",
        "2016-03-15",
        "--line",
        "retail",
        "--unit",
        "杭州分行",
    )
    ok("appraise", "run", "--quarter", "2016Q1")
    assert rows(several, asked) == [("M1", "retail"), ("M2", "retail")]


def test_each_manager_is_appraised_by_the_rules_of_unit_line_and_time(several, ok):
    ok("manager", "add", "M3", "--name", "丙", "--unit", "沪分行", "--grade", "senior")
    for code in ("M1", "M2", "M3"):
        for item in ("attitude", "ability"):
            ok("appraise", "score", code, item, "2016Q1", "93", "--rated-by", "客户部")
    ok("appraise", "run", "--quarter", "2016Q1")
    digests = dict(rows(several, "SELECT code, text_digest FROM regulation"))
    kept = rows(
        several, "SELECT manager, regulation, text_digest, rating FROM appraisal ORDER BY manager"
    )
    assert [row[:2] for row in kept] == [("M1", "province"), ("M2", "retail"), ("M3", "abc-2001")]
    assert [row[2] for row in kept] == [digests[row[1]] for row in kept]
    assert [row[3] for row in kept] == ["excellent", "incompetent", "incompetent"]
    said = ok("report", "appraisal", "--quarter", "2016Q1", "--format", "text").out
    assert "province rules" in said
    assert "retail rules" in said
    ok(
        "appraise",
        "decide",
        "M1",
        "competent",
        "--quarter",
        "2016Q1",
        "--by",
        "行长",
        "--reason",
        "复议",
    )
    assert "(province)" in ok("appraise", "explain", "M1", "--quarter", "2016Q1").out
    ok("appraise", "run", "--month", "2016-02")
    months = "SELECT regulation FROM appraisal WHERE period = '2016-02' ORDER BY manager"
    assert rows(several, months) == [("province",), ("abc-2001",), ("abc-2001",)]


def test_rows_of_a_file_are_read_by_the_rules_of_each_manager(several, ok, cm, tmp_path):
    head = "工号,姓名,机构,条线,职级\n"
    file = tmp_path / "m.csv"
    file.write_text(
        f"{head}M4,丁,杭州分行,,首席客户经理\nM5,戊,沪分行,retail,chief\nM6,己,沪分行,,chief\n",
        encoding="utf-8",
    )
    said = cm("import", "managers", file)
    assert said.code == 65
    assert "m.csv:4" in said.err
    assert "m.csv:2" not in said.err
    assert "m.csv:3" not in said.err
    file.write_text(
        f"{head}M4,丁,杭州分行,,首席客户经理\nM5,戊,沪分行,retail,chief\n", encoding="utf-8"
    )
    ok("import", "managers", file)
    file.write_text("工号,职级\nM4,chief\nM5,chief\nM1,首席客户经理\n", encoding="utf-8")
    ok("import", "managers", file)
    assert rows(several, "SELECT count(*) FROM manager WHERE grade = 'chief'") == [(3,)]


def test_the_use_for_an_unknown_unit_is_refused(several, cm):
    said = cm("regulation", "use", "abc-2001", "--unit", "浙江分行")
    assert (said.code, "浙江省分行" in said.err) == (2, True)
    assert cm("regulation", "use", "abc-2001", "--line", "a b").code == 2


def test_a_new_regulation_is_begun_checked_and_used(store, ok, cm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ok("regulation", "new", "own-2026", "-o", "own.yaml")
    assert ok("regulation", "check", "own.yaml").out == ""
    said = cm("regulation", "new", "own-2026", "-o", "own.yaml")
    assert (said.code, "is left as it is" in said.err) == (73, True)
    Path("branch.yaml").write_text(ok("regulation", "new", "branch", "--extends", "abc-2001").out)
    assert ok("regulation", "check", "branch.yaml").out == ""
    ok("regulation", "add", "branch.yaml")
    Path("office.yaml").write_text(ok("regulation", "new", "office", "--extends", "branch").out)
    assert ok("regulation", "check", "office.yaml").out == ""
    for bad in ("abc-2001", "Own", "../x", "a b"):
        assert cm("regulation", "new", bad).code == 2
    assert cm("regulation", "new", "x", "--extends", "nothing").code == 2


def test_versions_in_the_store_are_compared(own, store, ok, cm):
    ok("regulation", "add", own)
    own.write_text(LAYER.replace("2016-01-01", "2017-01-01").replace("30", "25"), encoding="utf-8")
    ok("regulation", "add", own)
    own.unlink()
    said = json.loads(ok("regulation", "diff", "branch@2016-01-01", "branch", "--json").out)
    assert [(e["place"], e["field"], e["before"], e["after"]) for e in said] == [
        ("", "since", "2016-01-01", "2017-01-01"),
        ("grades.senior.cap", "percent", "30", "25"),
    ]
    assert cm("regulation", "diff", "branch", "branch@2015-01-01").code == 2
    assert "Nothing found" in ok("regulation", "diff", "branch", "branch@2017-01-01").err


def test_a_regulation_reads_in_both_languages_wherever_the_language_stands(own, ok):
    """The option may stand before or after the verb and its words."""
    chinese = ok("--lang", "zh", "regulation", "show", own).out
    assert ok("regulation", "show", own, "--lang", "zh").out == chinese
    assert ok("regulation", "--lang", "zh", "show", own).out == chinese
    for words in (
        "分行细则",
        "按本机构",
        "[branch]",
        "高级客户经理",
        "自定：decided by the branch",
    ):
        assert words in chinese
    english = ok("regulation", "show", own).out
    for words in ("branch rules", "of the unit", "senior client manager", "Layer branch"):
        assert words in english
    assert "层 branch" in chinese
    assert "article 7" in ok("regulation", "show", "abc-2001", "--article", "7").out
    assert "第7条" in ok("regulation", "show", "abc-2001", "--article", "7", "--lang", "zh").out
    opened = ok("regulation", "show", own, "--open", "--lang", "zh").out
    assert "decided by the branch" in opened
    assert "总分不低于零" in opened


@pytest.mark.parametrize("article", ["七(二)", "七（二）", "七"])
def test_an_article_is_found_however_the_source_numbers_it(article, ok, cm):
    found = ok("regulation", "show", "bocom-personal-2002", "--article", article).out
    assert "七(二)" in found
    assert "六(一)" not in found
    assert cm("regulation", "show", "bocom-personal-2002", "--article", "九十").code == 66
