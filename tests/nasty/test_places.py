"""Where output goes: only where it was sent, never through a name that came from data or a link."""

from __future__ import annotations

import pytest

CODES = ["..", ".", "...", "-", "--help", "-rf", "CON", "_", "甲", "a.b", "~", "a..b"]


@pytest.fixture
def staffed(store, ok, cm, tmp_path):
    """Return a store whose managers have codes that would like to be paths."""
    lines = "".join(
        f"{code},甲{at},城东支行,客户经理\n" for at, code in enumerate(CODES) if code != "~"
    )
    (tmp_path / "m.csv").write_text("code,name,unit,grade\n" + lines, encoding="utf-8")
    ok("import", "managers", tmp_path / "m.csv")
    ok("appraise", "run", "--quarter", "2016Q1")
    return tmp_path


def files(folder):
    """Return the files beneath a folder, but for those SQLite keeps beside the store."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if not path.name.startswith("cm.db-")}


def test_sheets_of_odd_codes_stay_in_their_folder(staffed, ok, tmp_path):
    before = files(tmp_path)
    folder = tmp_path / "deep" / "sheets"
    ok("report", "appraisal", "--quarter", "2016Q1", "--format", "markdown", "-o", f"{folder}/")
    made = files(tmp_path) - before
    assert len(made) == len(CODES)  # each manager's but "~", and the overview
    assert {path.parent.as_posix() for path in made} == {"deep/sheets"}
    assert all(path.name.startswith("appraisal-") for path in made)


def test_a_planted_link_is_replaced_and_what_it_points_at_is_left(staffed, ok, tmp_path):
    prize = tmp_path / "prize"
    prize.write_text("mine", encoding="utf-8")
    link = tmp_path / "out.csv"
    link.symlink_to(prize)
    ok("manager", "list", "-o", link)
    assert prize.read_text(encoding="utf-8") == "mine"
    assert not link.is_symlink()
    sheets = tmp_path / "sheets"
    ok("report", "appraisal", "--quarter", "2016Q1", "-o", f"{sheets}/")
    one = next(path for path in sheets.iterdir())
    one.unlink()
    one.symlink_to(prize)
    ok("report", "appraisal", "--quarter", "2016Q1", "-o", f"{sheets}/")
    assert prize.read_text(encoding="utf-8") == "mine"
    ok("assign", "plan", "-o", link)
    assert prize.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "target",
    [
        "nowhere/x.csv",
        ".",
        "x" * 300 + ".csv",
        "\x1b[31m.csv",
        "a\nb.csv",
        "x.exe",
        "x",
        "/dev/full",
    ],
)
def test_a_target_that_will_not_do_is_refused_or_made(staffed, cm, tmp_path, monkeypatch, target):
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    said = cm("manager", "list", "-o", target)
    assert said.code in {0, 2, 73}, said
    assert "\x1b" not in said.err
    assert said.err.count("\n") <= 2
    assert len(files(tmp_path) - before) == (said.code == 0)


def test_a_backup_is_not_written_through_a_link(staffed, cm, tmp_path):
    prize = tmp_path / "prize"
    link = tmp_path / "copy.db"
    link.symlink_to(prize)
    cm("store", "backup", link)
    assert not prize.exists()


def test_nothing_is_read_or_written_through_a_store_of_another_kind(cm, tmp_path, monkeypatch):
    for place in (
        "file:/etc/passwd?mode=ro",
        "sqlite:///x.db",
        ":memory:",
        "\x1b[31m",
        "a\nb",
        "x" * 300,
    ):
        monkeypatch.setenv("CM_DB", place)
        monkeypatch.chdir(tmp_path)
        said = cm("client", "list")
        assert said.code in {2, 65, 66, 73, 78}, (place, said)
        assert "\x1b" not in said.err
    assert files(tmp_path) == set()


def test_markdown_makes_nothing_of_a_name(store, ok, tmp_path):
    """No link, mention, picture, column or tag of HTML comes of what a client is called."""
    name = "http://a.b www.a.b x@y.z @all :smile: |x| <b> [a](b) ![c](d) `e`"
    ok("client", "add", "1", "--name", name)
    ok("client", "list", "--fields", "name", "-o", tmp_path / "c.md")
    shown = (tmp_path / "c.md").read_text(encoding="utf-8").splitlines()[-1]
    assert shown == (
        r"| http\://a.b www\.a.b x\@y.z \@all \:smile: \|x\| \<b\> \[a\](b) !\[c\](d) \`e\` |"
    )
