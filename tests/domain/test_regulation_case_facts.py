"""A slip in the facts of one case is told with its case or line, and stops no other case."""

from __future__ import annotations

from pathlib import Path

import pytest

from cm_cli.domain.regulation.casework import failures, run_cases
from cm_cli.domain.regulation.load import read
from cm_cli.domain.regulation.worked.daily import AfterCase
from cm_cli.domain.regulation.worked.register import RUNS
from cm_cli.errors import CmError

HERE = Path(__file__).parent
TEXT = (HERE / "sample.yaml").read_text(encoding="utf-8")
FORM = "form: f511, sheet: {{{}}}, met: true"
PAY = "grade: b, level: 2, given: {bonus: 5, clerk: 5}, results: {dep: 1}, "
NO_FIT = "a value in it does not fit the rule it is about"
TOO_LARGE = "a number in it is too large, or it divides by nothing"
SOUND = '{name: sound, article: "1", limit: kids, count: 23, rounds: 3}'
HEAD = 'name: odd, article: "1"'


@pytest.fixture(scope="module")
def sample():
    return read(TEXT, "sample.yaml")


def cases(section: str, facts: str) -> str:
    return f"regulation: sample\nlimits: [{SOUND}]\n{section}: [{{{HEAD}, {facts}}}]\n"


@pytest.mark.parametrize(
    ("section", "facts", "got"),
    [
        ("forms", FORM.format("orders: '1,000'"), "`orders` takes a number as 1000 or 2.5, not “1,000”"),
        ("forms", FORM.format("orders: abc"), "`orders` takes a number as 1000 or 2.5, not “abc”"),
        ("forms", FORM.format("orders: nan"), "`orders` takes a number as 1000 or 2.5, not “nan”"),
        ("forms", FORM.format("clients: five"), "`clients` takes rows, not “five”"),
        ("forms", FORM.format("problem: [{a: b}]"), "`problem` takes no rows"),
        ("values", "at: since.*, says: 1", "since.* -"),
        ("values", "at: articles.*, says: 1", "articles.* -"),
        ("figures", "figure: g, values: {gross_profit: 1000000000000000, clerk: 0.0000000000000001}, result: 1", TOO_LARGE),
    ],
)  # fmt: skip
def test_a_fact_that_does_not_fit_fails_its_case_only(sample, section, facts, got):
    results = {one.name: one for one in run_cases(sample, cases(section, facts), "cases")}
    assert (results["sound"].passed, results["odd"].passed) == (True, False)
    assert results["odd"].got == got
    (finding,) = failures(sample, cases(section, facts), "cases")
    assert finding.slug == "case-fails"
    assert got.split(" -")[0] in finding.what
    assert "expected ," not in finding.what


@pytest.mark.parametrize(
    ("section", "facts", "what"),
    [
        ("targets", "target: t, amount: 1, actual: 1, length: 0", "1 or more"),
        ("targets", f"target: t, amount: {'9' * 29}, parts: {{q1: 1}}", "1000000000000000 or less"),
        ("pay", f"{PAY}lines: {{wage: {'9' * 29}}}", "1000000000000000 or less"),
        ("pay", f"{PAY}total: -{'9' * 29}", "-1000000000000000 or more"),
        ("after", "duty: call, happened: 9999-12-31, due: 2020-01-01", "2199-12-31 or earlier"),
        ("deadlines", "report: rep, first: 0001-01-01, last: 2020-01-01, due: 2020-01-01", "1900-01-01 or later"),
        ("terms", "start: 9990-01-01, last_day: 9991-01-01", "2199-12-31 or earlier"),
        ("duties", "duty: call, client_class: a, last: 9999-12-31", "2199-12-31 or earlier"),
        ("assignments", "client: {}, managers: {M: {}}, clients_held: {M: 100000000}", "10000 or less"),
        ("appraisals", "clients_reached: [100000000, 100000000]", "10000 or less"),
        ("appraisals", "clients_reached: [1, -1]", "0 or more"),
        ("norms", "norm: outlet, heads: -1, each: 1", "0 or more"),
    ],
)  # fmt: skip
def test_facts_beyond_all_sense_are_refused_at_their_line(sample, section, facts, what):
    with pytest.raises(CmError) as refused:
        run_cases(sample, cases(section, facts), "cases")
    found = refused.value.problems
    assert {one.slug for one in found} == {"out-of-range"}
    assert {str(one.where).partition(" ")[0] for one in found} == {"cases:3"}
    assert all(what in one.what for one in found)


def test_what_cannot_be_worked_out_is_said_without_a_traceback(sample, monkeypatch):
    def stumbling(trouble: Exception):
        def stumble(_rules: object, _case: object) -> None:
            raise trouble

        return stumble

    text = cases("after", "duty: call, happened: 2020-01-03, due: 2020-01-04")
    for trouble, said in ((OverflowError(), TOO_LARGE), (AttributeError(), NO_FIT)):
        monkeypatch.setitem(RUNS, AfterCase, stumbling(trouble))
        got = {one.name: one.got for one in run_cases(sample, text, "cases")}
        assert got == {"sound": "rounds 3", "odd": said}


def test_the_cells_of_a_sheet_count_as_what_they_are(sample):
    text = cases("forms", "form: f511, sheet: {orders: '3', problem: x}, met: false")
    assert all(one.passed for one in run_cases(sample, text, "cases"))
