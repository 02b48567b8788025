"""Looking at regulations: their list, their rules, what they leave open, findings, cases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.readers.intake import whole
from cm_cli.store import query
from cm_cli.usecases.clerk import Clerk, Outcome, transaction
from cm_cli.usecases.regulations import cases, preset, presets

if TYPE_CHECKING:
    from datetime import date

    from cm_cli.domain.fields import Value
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.errors import Problem


def language() -> str:
    """Return the page on the language, with examples out of the program's regulations."""
    from cm_cli.domain.regulation import nodes
    from cm_cli.domain.regulation.cases import Cases
    from cm_cli.domain.regulation.page import examples_of, page

    found: dict[tuple[str, str], str] = {}
    for code in presets():
        file, text = preset(code)
        for model, key, value in examples_of(nodes.parse(text, file).tree):
            found.setdefault((model, key), value)
        file, text = cases(code)
        for model, key, value in examples_of(nodes.parse(text, file).tree, Cases):
            found.setdefault((model, key), value)
    return page(found)


def list_() -> Sheet:
    """Return the regulations that come with the program and what each carries."""
    rows = []
    for code in presets():
        rules = load(code)
        carries = {
            _("grades"): len(rules.grades),
            _("duties"): len(rules.duties),
            _("indicators"): len(rules.indicators),
            _("assignment ranks"): len(rules.assignment.order.ranks) if rules.assignment else 0,
            _("appraisal items"): len(rules.appraisal.items()) if rules.appraisal else 0,
        }
        said = ", ".join(f"{name} {count}" for name, count in carries.items() if count)
        rows.append((code, pick(rules.name.both()), rules.since, said))
    columns = (
        Column("code", _("Code"), "code"),
        Column("name", _("Name")),
        Column("since", _("In force since"), "day"),
        Column("carries", _("Carries")),
    )
    return Sheet("regulations", _("Regulations"), columns, rows)


def text_of(name: str) -> tuple[str, str]:
    """Return file and text of a regulation: one of the program's, or a file of the user's own."""
    if not name.endswith((".yaml", ".yml")):
        return preset(name)
    try:
        return name, whole(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CmError(
            _("{file} is not UTF-8").format(file=name),
            mend=_("Save it as UTF-8."),
            slug="not-utf8",
            code=Exit.DATA_REFUSED,
        ) from None
    except OSError as trouble:
        raise CmError(
            _("{file} cannot be read").format(file=name),
            where=trouble.strerror or "",
            mend=_("Check the name, or see those of the program: cm regulation list."),
            slug="no-file",
            code=Exit.NO_INPUT,
        ) from None


def load(name: str) -> Regulation:
    """Return a regulation, checked; raises CmError with all findings."""
    from cm_cli.domain.regulation.load import read

    file, text = text_of(name)
    return read(text, file)


def show(name: str, article: str) -> Document:
    """Return a regulation as a document; ``article`` keeps the rows that stand on that article."""
    from cm_cli.domain.regulation.describe import describe

    whole = describe(load(name))
    if not article:
        return whole
    sheets = tuple(found for sheet in whole.sheets if (found := _of_article(sheet, article)).rows)
    if not sheets:
        raise CmError(
            _("Nothing in {name} stands on article {article}").format(name=name, article=article),
            mend=_("See the whole with: cm regulation show {name}.").format(name=name),
            slug="no-article",
            code=Exit.NO_INPUT,
        )
    return replace(whole, sheets=sheets, notes=())


def _of_article(sheet: Sheet, article: str) -> Sheet:
    """Keep the rows that stand on the article: 16 also means 16(1)."""
    before, _mark, after = _("article {article}").partition("{article}")
    phrase = re.compile(rf"{re.escape(before)}([\d(), ]+){re.escape(after)}")
    named = re.compile(rf"(?<![\d(]){re.escape(article)}(?!\d)")
    rows = [
        row
        for row in sheet.rows
        if any(named.search(found[1]) for cell in row for found in phrase.finditer(str(cell)))
    ]
    return replace(sheet, rows=rows)


def open_(name: str) -> Sheet:
    """Return what the source leaves open and the regulation chose."""
    from cm_cli.domain.regulation.describe import open_choices

    return open_choices(load(name))


def check(name: str) -> list[Problem]:
    """Return every finding about a regulation and the coverage of its cases."""
    from cm_cli.domain.regulation.cases import coverage
    from cm_cli.domain.regulation.casework import failures
    from cm_cli.domain.regulation.load import load as read_all

    file, text = text_of(name)
    rules, problems = read_all(text, file)
    if rules is not None and name in presets():
        cases_file, cases_text = cases(name)
        problems = [*problems, *coverage(rules, cases_text, cases_file)]
        problems += failures(rules, cases_text, cases_file)
    return problems


def test(name: str) -> Sheet:
    """Run the cases of a regulation: what the officer expects against what the program does."""
    from cm_cli.domain.regulation.casework import run_cases

    rules = load(name)
    if name in presets():
        file, text = cases(name)
    else:
        file = re.sub(r"\.ya?ml$", ".cases.yaml", name)
        if not Path(file).is_file():
            raise CmError(
                _("There are no cases beside {file}").format(file=name),
                mend=_("Write them in {file}.").format(file=file),
                slug="no-cases",
                code=Exit.NO_INPUT,
            )
        file, text = text_of(file)
    results = run_cases(rules, text, file)
    columns = (
        Column("case", _("Case")),
        Column("article", _("Article"), "code"),
        Column("passed", _("Passed"), "flag"),
        Column("expected", _("Expected")),
        Column("got", _("Got")),
        Column("where", _("Where"), "code"),
    )
    rows = [(r.name, r.article, r.passed, r.expected, r.got, str(r.where)) for r in results]
    return Sheet("cases", _("Cases of {name}").format(name=name), columns, rows)


def in_use(rules: Regulation, text: str, since: date) -> dict[str, Value]:
    """Return the record of a regulation used from a day on, with its whole text."""
    from cm_cli.domain.regulation.load import digest
    from cm_cli.domain.regulation.schema import to_json

    return {
        "code": rules.regulation,
        "since": since,
        "text_digest": digest(text),
        "text": text,
        "compiled": to_json(rules),
    }


def use(clerk: Clerk, name: str, since: date) -> Outcome:
    """Use a regulation from a day on; earlier periods keep the one of their time."""
    from cm_cli.domain.regulation.load import read

    file, text = text_of(name)
    rules = read(text, file)
    if not rules.in_force(since):
        raise CmError(
            _("{name} is not in force on {day}").format(name=rules.regulation, day=since),
            mend=_("It is in force since {since}; give a later day with --since.").format(
                since=rules.since
            ),
            slug="not-in-force",
            code=Exit.USAGE,
        )
    outcome = Outcome()
    kind = kind_of("regulation")
    with transaction(clerk, outcome) as writer:
        row = query.fetch(writer.connection, kind, [since.isoformat()])
        record = in_use(rules, text, since)
        if row is None:
            writer.insert(kind, record)
        else:
            writer.update(kind, row, record)
    return outcome
