"""Commands for records of any kind, made from the kind's own fields.

``cm manager add``, ``cm visit log``, ``cm client set`` … take one option for each field people
fill in; the key fields are arguments where that reads well. What a kind does beyond that is
written by hand in the module of its group.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import MOST, YES_NO, Reads, Reveals, Writes
from cm_cli.domain import period as periods
from cm_cli.domain.fields import Choice, Code, Named, Several
from cm_cli.domain.kind import is_list
from cm_cli.domain.quantities import Day
from cm_cli.language import later
from cm_cli.usecases import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cm_cli.domain.kind import Field, Kind

_PERIODS = (
    ("month", later("Only this month, as 2016-03.")),
    ("quarter", later("Only this quarter, as 2016Q1.")),
    ("year", later("Only this year, as 2016.")),
)


def doc_of(text: str, examples: Sequence[str]) -> str:
    """Return a command's help from its sentence and its examples."""
    lines = "\n".join(f"  $ {line}" for line in examples)
    return f"{text}\n\nExamples:\n{lines}" if examples else text


def option_names(each: Field) -> list[str]:
    """Return the spellings of a field's option: ``--regions`` may be written ``--region``."""
    plain = "--" + each.name.replace("_", "-")
    if each.name.endswith("ies") and is_list(each):
        return [plain, plain[:-3] + "y"]
    return [plain, plain[:-1]] if is_list(each) and plain.endswith("s") else [plain]


def _metavar(each: Field) -> str:
    if isinstance(each.type, Day):
        return "DAY"
    if each.type.column in {"money", "number", "count"}:
        return "NUMBER"
    if isinstance(each.type, Choice) and each.type.options:
        return "|".join(option.code for option in each.type.options[:4]) + (
            "|…" if len(each.type.options) > 4 else ""  # noqa: PLR2004 - as many as fit a line
        )
    return YES_NO if each.type.column == "flag" else "TEXT"


def _option(each: Field) -> Any:
    kind = list[str] if is_list(each) else str
    return Annotated[
        kind | None, typer.Option(*option_names(each), help=each.help, metavar=_metavar(each))
    ]


def _argument(each: Field) -> Any:
    return Annotated[str, typer.Argument(help=each.help, metavar=each.name.upper())]


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _command(
    app: typer.Typer,
    name: str,
    cls: Any,
    doc: str,
    parameters: Mapping[str, tuple[Any, Any]],
    body: Callable[..., int | None],
) -> None:
    """Add a command with these parameters (annotation and default by name) to a group."""

    def run(**given: Any) -> int | None:
        return body(**given)

    every = {"ctx": (typer.Context, inspect.Parameter.empty), **parameters}
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter(key, *pair) for key, pair in every.items()]
    )
    run.__annotations__ = {key: annotation for key, (annotation, _default) in every.items()}
    app.command(name, cls=cls, help=doc)(run)


def add_command(
    app: typer.Typer,
    kind: Kind,
    name: str,
    text: str,
    arguments: Sequence[str],
    *,
    again: bool = False,
) -> None:
    """Add the command that registers one record; ``arguments`` are fields without an option.

    With ``again`` the command changes the record that has its key already.
    """
    fields = kind.given
    empty = inspect.Parameter.empty
    parameters: dict[str, tuple[Any, Any]] = {n: (_argument(kind.field(n)), empty) for n in arguments}
    parameters |= {f.name: (_option(f), None) for f in fields if f.name not in arguments}

    def body(ctx: typer.Context, **given: Any) -> None:
        from cm_cli.usecases import records

        here = desk(ctx)
        raw = {key: value for key, value in given.items() if value is not None}
        _default_day(kind, raw, here.today().isoformat())
        write = records.put if again else records.add
        show.outcome(write(here.clerk(), kind, raw), here)

    _command(app, name, Writes, doc_of(text, kind.examples.get(name, ())), parameters, body)


def _default_day(kind: Kind, raw: dict[str, Any], today: str) -> None:
    """Make a visit, a diary or an event without a day today's."""
    for each in kind.fields:
        if each.past and each.required and each.name in kind.key:
            raw.setdefault(each.name, today)


def set_command(app: typer.Typer, kind: Kind, text: str) -> None:
    """Add the command that changes fields of one record; an empty value clears a field."""
    key = Annotated[
        list[str], typer.Argument(help=later("Code or name; or key; or number."), metavar="RECORD")
    ]
    fields = [each for each in kind.given if each.name not in kind.key]
    parameters: dict[str, tuple[Any, Any]] = {"record": (key, inspect.Parameter.empty)}
    parameters |= {f.name: (_option(f), None) for f in fields}

    def body(ctx: typer.Context, record: list[str], **given: Any) -> None:
        from cm_cli.usecases import records

        here = desk(ctx)
        raw = {k: "" if v in ([""], []) else v for k, v in given.items() if v is not None}
        show.outcome(records.set_(here.clerk(), kind, record, raw), here)

    _command(app, "set", Writes, doc_of(text, kind.examples.get("set", ())), parameters, body)


def _reading(kind: Kind) -> type[Reads]:
    """Return the class of a command that prints records of the kind."""
    return Reveals if any(each.personal for each in kind.fields) else Reads


def show_command(app: typer.Typer, kind: Kind, text: str) -> None:
    """Add the command that shows one record."""
    key = Annotated[
        list[str], typer.Argument(help=later("Code or name; or key; or number."), metavar="RECORD")
    ]

    def body(ctx: typer.Context, record: list[str]) -> None:
        here = desk(ctx)
        show.show(listing.show(here.clerk(), kind, record, reveal=here.reveal), here)

    parameters: dict[str, tuple[Any, Any]] = {"record": (key, inspect.Parameter.empty)}
    _command(app, "show", _reading(kind), doc_of(text, kind.examples.get("show", ())), parameters, body)


def _filterable(kind: Kind) -> list[Field]:
    """Return the fields a list can be filtered by: references, choices, names of trees, key parts, units."""
    return [
        each
        for each in kind.given
        if each.refers
        or each.name in {"unit", "name", "period"}
        or isinstance(each.type.of if isinstance(each.type, Several) else each.type, Choice | Named)
        or (each.name in kind.key and isinstance(each.type, Code) and len(kind.key) > 1)
    ]


def list_command(
    app: typer.Typer,
    kind: Kind,
    text: str,
    extra: Mapping[str, tuple[Any, Any]] | None = None,
    filters: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    examples: Sequence[str] = (),
    name: str = "list",
) -> None:
    """Add the command that lists records; ``extra`` options are turned into filters by ``filters``."""
    fields = _filterable(kind)
    parameters: dict[str, tuple[Any, Any]] = {f.name: (_filter(f), None) for f in fields}
    parameters |= dict(extra or {})
    dated = any(isinstance(f.type, Day) and f.name in kind.key for f in kind.fields)
    if dated:
        for word, sentence in _PERIODS:
            parameters[word] = (_text(f"--{word}", sentence, word.upper()), None)
    parameters |= {
        "sort": (_texts("--sort", later("Order by this field; -field downwards."), "FIELD"), None),
        "limit": (_number("--limit", later("At most so many.")), None),
        "page": (_number("--page", later("Which page of --limit records.")), 1),
    }

    def body(ctx: typer.Context, **given: Any) -> None:
        here = desk(ctx)
        if here.fields == ("?",):
            show.show(listing.fields(kind), replace(here, given={**here.given, "fields": ""}))
            return
        more = filters(given) if filters else {}
        wanted = listing.Listing(
            filters={f.name: given[f.name] for f in fields if given.get(f.name)}
            | more.get("filters", {}),
            period=period_of(given) if dated else None,
            empty=more.get("empty", ()),
            current=more.get("current", False),
            classes=more.get("classes", ()),
            sort=tuple(given["sort"] or ()),
            limit=given["limit"],
            page=max(given["page"], 1),
            fields=() if here.fields == ("?",) else here.fields,
            reveal=here.reveal,
            codes=here.machine,
        )
        show.show(listing.list_(here.clerk(), kind, wanted), here)

    shown = examples or kind.examples.get("list", ())
    _command(app, name, _reading(kind), doc_of(text, shown), parameters, body)


def _filter(each: Field) -> Any:
    name = option_names(each)
    return Annotated[str | None, typer.Option(*name, help=each.help, metavar=_metavar(each))]


def _text(name: str, text: str, metavar: str) -> Any:
    return Annotated[str | None, typer.Option(name, help=text, metavar=metavar)]


def _texts(name: str, text: str, metavar: str) -> Any:
    return Annotated[list[str] | None, typer.Option(name, help=text, metavar=metavar)]


def _number(name: str, text: str) -> Any:
    return Annotated[int | None, typer.Option(name, help=text, min=1, max=MOST, metavar="N")]


def period_of(given: Mapping[str, Any]) -> periods.Period | None:
    """Return the period of ``--month``, ``--quarter`` or ``--year``; at most one may be given."""
    chosen = [(word, given[word]) for word, _text in _PERIODS if given.get(word)]
    if len(chosen) > 1:
        from cm_cli.errors import CmError, Exit
        from cm_cli.language import _

        raise CmError(
            _("Only one of --month, --quarter and --year can be given"),
            mend=_("Leave the others out."),
            slug="two-periods",
            code=Exit.USAGE,
        )
    for word, text in chosen:
        return periods.parse(text, word)  # type: ignore[arg-type]
    return None
