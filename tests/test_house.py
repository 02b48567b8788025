"""The laws of the house: floors, lint, types, start-up without heavy imports, the catalogue."""

from __future__ import annotations

import gettext
import io
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import catalogue
import pytest

from cm_cli.cli.groups import GROUPS
from cm_cli.domain.register import kinds

ROOT = Path(__file__).parents[1]
HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "yaml",
    "rich",
    "openpyxl",
    "pypinyin",
    "python_calamine",
)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",)],
    ids=["lint", "format", "types"],
)
def test_source_is_clean(command):
    done = run(sys.executable, "-m", *command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_floors_hold():
    done = run(sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()")
    assert done.returncode == 0, done.stdout + done.stderr


def imported(*words: str, db: str = "", code: int = 0) -> set[str]:
    """Return which heavy libraries a command imports, in a process of its own."""
    script = (
        "import sys, contextlib, io\n"
        "from cm_cli.cli.app import run\n"
        "with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):\n"
        f"    code = run({list(words)!r})\n"
        f"print('code', int(code), *[n for n in {HEAVY!r} if n in sys.modules])\n"
    )
    env = {
        "CM_DB": db or "nowhere.db",
        "CM_TODAY": "2016-04-01",
        "PATH": "/usr/bin",
        "HOME": "/nonexistent",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    words_out = done.stdout.split()
    assert words_out[:2] == ["code", str(code)], done.stderr
    return set(words_out[2:])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--help",), 0),
        (("--version",), 0),
        *(((group, "--help"), 0) for group in GROUPS),
        (("cleint",), 2),
        (("client", "list", "--nonsense"), 2),
        (("client",), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_help_and_usage_errors_import_nothing_heavy(words, code):
    assert imported(*words, code=code) == set()


@pytest.mark.parametrize(
    "words",
    [
        ("client", "list", "--limit", "3"),
        ("client", "show", "000625"),
        ("client", "find", "caqc"),
        ("manager", "list"),
        ("visit", "list", "--manager", "M01"),
        ("diary", "gaps", "--month", "2016-03"),
        ("assign", "list", "--manager", "M01"),
        ("appraise", "list"),
        ("journal", "list"),
        ("journal", "show", "2"),
    ],
    ids=" ".join,
)
def test_reads_import_nothing_heavy(example, words):
    assert imported(*words, db=str(example)) == set()


@pytest.mark.parametrize(
    "words", [("report", "appraisal", "--quarter", "2016Q1"), ("assign", "plan")], ids=" ".join
)
def test_reads_that_need_the_rules_do_without_the_table_layer(example, words):
    assert not imported(*words, db=str(example)) & {"sqlalchemy", "sqlmodel"}


@pytest.mark.parametrize("place", [place for place, _summary in GROUPS.values()])
def test_every_lazy_place_exists(place):
    module, _colon, name = place.partition(":")
    assert hasattr(import_module(module), name)


def test_every_sentence_has_its_chinese():
    kept = catalogue.stored()
    said = catalogue.updated({})
    assert catalogue.missing(said) == []
    ids = {str(m.id) for m in kept if m.id}
    assert ids == {str(m.id) for m in said if m.id}, "run: python tests/catalogue.py"


def test_placeholders_are_the_same_in_both_languages():
    for message in catalogue.stored():
        if message.id:
            sentence = message.id if isinstance(message.id, str) else message.id[-1]
            chinese = message.string if isinstance(message.string, str) else message.string[0]
            assert catalogue.placeholders(sentence) == catalogue.placeholders(chinese), sentence


def test_the_binary_catalogue_is_made_of_the_text():
    made = gettext.GNUTranslations(io.BytesIO(catalogue.mo_bytes(catalogue.PO.read_bytes())))
    with catalogue.MO.open("rb") as file:
        kept = gettext.GNUTranslations(file)
    ids = [str(m.id) for m in catalogue.stored() if isinstance(m.id, str) and m.id]
    assert [one for one in ids if kept.gettext(one) != made.gettext(one)] == []


def test_every_name_is_given_in_both_languages():
    for kind in kinds():
        assert kind.zh
        assert kind.en
        for field in kind.fields:
            assert field.zh, (kind.name, field.name)
            assert field.en, (kind.name, field.name)


def test_headings_of_a_kind_mean_one_field_each():
    from cm_cli.domain.headings import heading_key

    for kind in kinds():
        seen: dict[str, str] = {}
        for field in kind.given:
            for word in {heading_key(w) for w in (field.name, field.zh, field.en, *field.aliases)}:
                assert seen.setdefault(word, field.name) == field.name, (kind.name, word)


def test_modules_are_of_a_size_to_be_read():
    sizes = sorted(
        len(p.read_text(encoding="utf-8").splitlines()) for p in (ROOT / "cm_cli").rglob("*.py")
    )
    assert sizes[-1] <= 500
    assert sizes[len(sizes) // 2] <= 130


def test_no_field_bears_the_name_of_a_column_every_table_has():
    for kind in kinds():
        assert not {"id", "entry", "digest"} & set(kind.names), kind.name
        assert len(set(kind.names)) == len(kind.names), kind.name


def test_sql_stands_in_the_store_only():
    """Begin, commit and rollback frame a use case; every question is asked by the store."""
    for floor in ("cli", "usecases", "reports", "readers", "writers", "domain"):
        for path in (ROOT / "cm_cli" / floor).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b", text), path
