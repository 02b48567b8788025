"""Looking at regulations: their list, their rules, what they leave open, findings, cases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.domain.sheet import Column, Document, Sheet
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, pick
from cm_cli.store import regulations as store
from cm_cli.usecases.library import cases_file, in_store, named
from cm_cli.usecases.regulations import presets

if TYPE_CHECKING:
    from cm_cli.domain.regulation.schema import Regulation
    from cm_cli.domain.sheet import Cell
    from cm_cli.errors import Problem
    from cm_cli.usecases.clerk import Clerk


def language(width: int) -> str:
    """Return the page on the language, with examples out of the program's regulations."""
    from cm_cli.domain.regulation import nodes
    from cm_cli.domain.regulation.cases import Cases
    from cm_cli.usecases.language import examples_of, page

    found: dict[tuple[str, str], str] = {}
    for code in presets():
        rules = named(code)
        for model, key, value in examples_of(nodes.parse(rules.text, rules.file).tree):
            found[model, key] = min(found.get((model, key), value), value, key=len)
        file, text = rules.cases or ("", "")
        for model, key, value in examples_of(nodes.parse(text, file).tree, Cases):
            found[model, key] = min(found.get((model, key), value), value, key=len)
    return page(found, width)


def list_(clerk: Clerk) -> Sheet:
    """Return the regulations of the program and of the store, and what each carries."""
    rows = [(code, *_listed(named(code).read()), _("program")) for code in presets()]
    for code, since, digest, compiled in in_store(clerk, store.added, ()):
        held = store.InForce(code, since, digest, compiled)
        rows.append((code, *_listed(held.rules()), _("store")))
    columns = (
        Column("code", _("Code"), "code"),
        Column("name", _("Name")),
        Column("since", _("In force since"), "day"),
        Column("carries", _("Carries")),
        Column("layers", _("Extends"), "code"),
        Column("kept", _("Kept in")),
    )
    return Sheet("regulations", _("Regulations"), columns, rows)


def _listed(rules: Regulation) -> tuple[Cell, ...]:
    carries = {
        _("grades"): len(rules.grades),
        _("posts"): len(rules.posts),
        _("norms"): len(rules.norms),
        _("client schemes"): len(rules.classes),
        _("duties"): len(rules.duties),
        _("forms"): len(rules.forms),
        _("indicators"): len(rules.indicators),
        _("assignment ranks"): len(rules.assignment.order.ranks) if rules.assignment else 0,
        _("appraisal items"): len(rules.appraisal.items()) if rules.appraisal else 0,
        _("pay components"): len(rules.pay.components) if rules.pay else 0,
        _("awards"): len(rules.awards),
        _("workflows"): len(rules.workflows),
        _("structures"): len(rules.structures),
    }
    said = ", ".join(f"{name} {count}" for name, count in carries.items() if count)
    below = ", ".join(layer.code for layer in reversed(rules.layers[:-1]))
    return pick(rules.name.both()), rules.since, said, below


def yaml(clerk: Clerk, name: str, layer: str) -> str:
    """Return the text of a regulation as it was written, or of one of those it extends."""
    found = named(name, clerk)
    if not layer:
        return found.text
    rules = found.read()
    texts = [found.text, *(text for _file, text in found.parents)]
    codes = [each.code for each in reversed(rules.layers)] or [rules.regulation]
    if layer not in codes:
        raise CmError(
            _("{name} has no layer “{layer}”").format(name=name, layer=layer),
            mend=nearest(layer, codes) or _("There are: {words}.").format(words=", ".join(codes)),
            slug="no-layer",
            code=Exit.USAGE,
        )
    return texts[codes.index(layer)]


def show(clerk: Clerk, name: str, article: str) -> Document:
    """Return a regulation as a document; ``article`` keeps the rows that stand on that article."""
    from cm_cli.domain.regulation.describe import describe

    found = describe(named(name, clerk).read(), article)
    if article and not found.sheets:
        raise CmError(
            _("Nothing in {name} stands on article {article}").format(name=name, article=article),
            mend=_("See the whole with: cm regulation show {name}.").format(name=name),
            slug="no-article",
            code=Exit.NO_INPUT,
        )
    return found


def open_(clerk: Clerk, name: str) -> Sheet:
    """Return what the source leaves open and the regulation chose."""
    from cm_cli.domain.regulation.describe import open_choices

    return open_choices(named(name, clerk).read())


def check(clerk: Clerk, name: str) -> list[Problem]:
    """Return every finding about a regulation and the coverage of its cases."""
    from cm_cli.domain.regulation.cases import coverage
    from cm_cli.domain.regulation.casework import failures

    found = named(name, clerk)
    rules, problems = found.load()
    if rules is not None and found.cases:
        file, text = found.cases
        sound = all(problem.note for problem in problems)
        problems = [*problems, *coverage(rules, text, file)]
        if sound:  # cases of rules that make no sense prove nothing
            problems += failures(rules, text, file)
    return problems


def test(clerk: Clerk, name: str) -> Sheet:
    """Run the cases of a regulation: what the officer expects against what the program does."""
    from cm_cli.domain.regulation.casework import run_cases

    found = named(name, clerk)
    rules = found.read()
    if found.cases is None:
        raise _no_cases(name, stored=found.stored)
    file, text = found.cases
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


def _no_cases(name: str, *, stored: bool) -> CmError:
    if stored:
        what = _("The store has no cases of {name}").format(name=name)
        mend = _("Add it again with its cases: cm regulation add FILE --cases FILE.")
    else:
        what = _("There are no cases beside {file}").format(file=name)
        mend = _("Write them in {file}.").format(file=cases_file(name))
    return CmError(what, mend=mend, slug="no-cases", code=Exit.NO_INPUT)


def diff(clerk: Clerk, one: str, other: str) -> Sheet:
    """Return what differs between two regulations, or two versions of one, item by item."""
    from cm_cli.domain.regulation.compare import compare

    return compare(named(one, clerk).read(), named(other, clerk).read())


def new(clerk: Clerk, code: str, parent: str) -> str:
    """Return a commented starting file, or a layer over a parent with what that left open."""
    from cm_cli.domain.regulation.starting import layer, starting

    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", code) or code in presets():
        raise CmError(
            _("“{code}” cannot be the code of a regulation of your own").format(code=code),
            mend=_(
                "Write small letters, digits and hyphens, as hangzhou-2016; none of the program's."
            ),
            slug="bad-code",
            code=Exit.USAGE,
        )
    return (
        layer(code, parent, named(parent, clerk).read()) if parent else starting(code, clerk.today)
    )
