"""The frame of the command line: a lazy root, common options, help and usage errors in two languages.

Typer reads the commands; this module decides how they are found and how they speak. A command's
docstring is its help: paragraphs, then ``Examples:`` with lines that begin with ``$ cm``.
"""

from __future__ import annotations

import difflib
import inspect
import re
import shutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from cm_cli.cli.groups import GROUPS
from cm_cli.language import _, later
from cm_cli.writers.layout import display_width, fold, pad

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT = 34
MOST = 10**9  # the largest number an option takes
_WIDEST = 100

# name, declarations, metavar ("" is a flag), help
COMMON: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("db", ("--db",), "PLACE", later("The store; else CM_DB, else the platform's data folder.")),
    ("lang", ("--lang",), "zh|en", later("Language; else CM_LANG, else the locale.")),
    ("on", ("--on",), "DAY", later("The business day; else CM_TODAY, else today.")),
    ("operator", ("--operator",), "NAME", later("Who works here; else CM_OPERATOR, else the login.")),
    ("quiet", ("--quiet", "-q"), "", later("Say nothing but errors.")),
    ("color", ("--color",), "auto|always|never", later("Colour on a terminal (NO_COLOR is heeded).")),
)
READS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("format", ("--format",), "NAME", later("table, tsv, csv, json, jsonl, markdown or text.")),
    ("json", ("--json",), "", later("The same as --format json.")),
    ("fields", ("--fields",), "A,B", later("Only these columns, as code,name; ? names them all.")),
    ("known_at", ("--known-at",), "DAY|ENTRY", later("From the store as it was on that day or after that entry.")),
    ("output", ("--output", "-o"), "FILE", later("Write to a file; its suffix picks the format.")),
)
WRITES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("dry_run", ("--dry-run", "-n"), "", later("Do everything but write; show what would change.")),
    ("reason", ("--reason",), "TEXT", later("Why, for the journal.")),
    ("json", ("--json",), "", later("Print the outcome as JSON.")),
)


def _remember(ctx: Any, param: Any, value: Any) -> None:
    """Keep a common option where the command's desk finds it."""
    if value not in (None, False):
        ctx.find_root().ensure_object(dict)[param.name] = value


def _common(specs: tuple[tuple[str, tuple[str, ...], str, str], ...]) -> list[TyperOption]:
    return [
        TyperOption(
            param_decls=[name, *declared],
            metavar=metavar or None,
            is_flag=not metavar,
            default=None if metavar else False,
            expose_value=False,
            callback=_remember,
            help=text,
        )
        for name, declared, metavar, text in specs
    ]


class Command(TyperCommand):
    """A command that knows the common options and prints its help in both languages."""

    own: tuple[tuple[str, tuple[str, ...], str, str], ...] = ()

    def __init__(self, name: str | None, **settings: Any) -> None:
        params = [*(settings.pop("params", None) or []), *_common(self.own), *_common(COMMON)]
        settings["rich_markup_mode"] = None
        super().__init__(name, params=params, **settings)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help page."""
        formatter.write("\n".join(page(self, ctx)) + "\n")


class Reads(Command):
    """A command that prints records or a report."""

    own = READS


class Writes(Command):
    """A command that writes to the store."""

    own = WRITES


class Group(TyperGroup):
    """A group of commands; unknown ones are answered with the nearest."""

    def __init__(self, **settings: Any) -> None:
        settings["rich_markup_mode"] = None
        settings["no_args_is_help"] = True
        super().__init__(**settings)
        self.params.extend(_common(COMMON))

    def summaries(self, ctx: Any) -> list[tuple[str, str]]:
        """Return name and one-line summary of each command."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, paragraphs(each.help)[0]) for name, each in found if each and not each.hidden]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the group's page: what it is for and its commands."""
        formatter.write("\n".join(group_page(self, ctx)) + "\n")

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; suggest the nearest where there is none."""
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            raise UnknownCommand(name, self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)


class Root(Group):
    """The root: answers help from the table and imports only the command that runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the table."""
        return list(GROUPS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of a command and build it."""
        if cmd_name not in GROUPS:
            return None
        module, _colon, attribute = GROUPS[cmd_name][0].partition(":")
        built = typer.main.get_command(getattr(import_module(module), attribute))
        built.name = cmd_name
        return built

    def summaries(self, ctx: Any) -> list[tuple[str, str]]:
        """Return the table's own lines."""
        return [(name, summary) for name, (_place, summary) in GROUPS.items()]


class UnknownCommand(typer.TyperException):
    """No command of that name."""

    exit_code = 2

    def __init__(self, name: str, known: list[str], ctx: Any) -> None:
        super().__init__(name)
        self.name = name
        self.near = difflib.get_close_matches(name, known, n=1)
        self.ctx = ctx


def app_of(summary: str) -> typer.Typer:
    """Return a Typer for a group of commands."""
    made = typer.Typer(cls=Group, help=summary, add_completion=False, rich_markup_mode=None)

    @made.callback(help=summary)
    def group() -> None:
        """Keep a group a group, even with one command in it."""

    return made


def single() -> typer.Typer:
    """Return a Typer whose one command becomes a command of the root."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def paragraphs(doc: str | None) -> list[str]:
    """Return the paragraphs of a help text before its examples, each as one line."""
    text = inspect.cleandoc(doc or "").partition("Examples:")[0]
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()] or [""]


def examples(doc: str | None) -> list[str]:
    """Return the example commands of a help text, without the prompt."""
    text = inspect.cleandoc(doc or "").partition("Examples:")[2].replace("\\\n", "")
    return [
        " ".join(line.strip()[2:].split())
        for line in text.splitlines()
        if line.strip().startswith("$ ")
    ]


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)


def page(command: TyperCommand, ctx: Any) -> Iterator[str]:
    """Yield the lines of a command's help."""
    width = _width()
    arguments = " ".join(name for name, _text in _arguments(command, ctx))
    pieces = f"{arguments} {_('[OPTIONS]')}".strip()
    yield from _wrapped(_("Usage: {line}").format(line=f"{ctx.command_path} {pieces}"), width)
    yield ""
    for text in paragraphs(command.help):
        yield from _wrapped(_(text), width)
        yield ""
    common = {name for name, *_rest in COMMON}
    yield from _section(_("Arguments"), list(_arguments(command, ctx)), width)
    options = [p for p in command.get_params(ctx) if p.param_type_name == "option"]
    yield from _section(
        _("Options"), [_option(p) for p in options if p.name not in common], width
    )
    yield from _section(
        _("Common options"), [_option(p) for p in options if p.name in common], width
    )
    found = examples(command.help)
    if found:
        yield _("Examples:")
        yield from (f"  $ {line}" for line in found)


def group_page(group: Group, ctx: Any) -> Iterator[str]:
    """Yield the lines of a group's help."""
    width = _width()
    line = f"{ctx.command_path} {_('COMMAND [OPTIONS]')}"
    yield _("Usage: {line}").format(line=line)
    yield ""
    for text in paragraphs(group.help):
        yield from _wrapped(_(text), width)
        yield ""
    rows = [(name, _(summary)) for name, summary in group.summaries(ctx)]
    yield from _section(_("Commands"), rows, width)
    options = [_option(p) for p in group.get_params(ctx) if not getattr(p, "hidden", False)]
    yield from _section(_("Options"), options, width)


def _arguments(command: TyperCommand, ctx: Any) -> Iterator[tuple[str, str]]:
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            name = param.make_metavar(ctx).replace("{", "").replace("}", "")
            yield name, _(getattr(param, "help", None) or "")


def _option(param: Any) -> tuple[str, str]:
    opts = sorted(param.opts, key=len) if param.name == "help" else param.opts
    names = ", ".join([*opts, *param.secondary_opts])
    if not param.is_flag and not param.count:
        names += f" {param.metavar or param.type.name.upper()}"
    text = _("Show this page and leave.") if param.name == "help" else _(param.help or "")
    if param.required:
        text += " " + _("[required]")
    elif param.default not in (None, False, "", ()) and not callable(param.default):
        text += " " + _("[default: {value}]").format(value=param.default)
    return names, text.strip()


def _section(title: str, rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    if not rows:
        return
    yield title + ":"
    longest = max(display_width(left) for left, _right in rows)
    left_width = min(longest, _LEFT, max(width // 3, 12))
    for left, right in rows:
        lines = _wrapped(right, width - left_width - 4) or [""]
        if display_width(left) > left_width:
            yield f"  {left}"
        else:
            yield f"  {pad(left, left_width)}  {lines.pop(0)}".rstrip()
        yield from (f"{' ' * (left_width + 4)}{line}" for line in lines)
    yield ""


def _wrapped(text: str, width: int) -> list[str]:
    return fold(text, max(width, 16))
