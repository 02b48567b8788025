"""The frame of the command line: a lazy root, common options, help and usage errors in two languages.

Typer reads the commands; this module decides how they are found and how they speak. A command's
docstring is its help: paragraphs, then ``Examples:`` with lines that begin with ``$ cm``.
"""

from __future__ import annotations

import difflib
import inspect
import re
from functools import cache
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from cm_cli.cli.groups import GROUPS
from cm_cli.cli.page import COMMON, HELP, Spec, root, section, width, wrapped
from cm_cli.language import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typer.models import CommandInfo

YES_NO = "yes|no"
MOST = 10**9  # the largest number an option takes

READS: tuple[Spec, ...] = (
    ("format", ("--format",), "NAME", later("table, tsv, csv, xlsx, json, jsonl, yaml, markdown, text.")),
    ("json", ("--json",), "", later("The same as --format json.")),
    ("fields", ("--fields",), "A,B", later("Only these columns, as code,name; ? names them all.")),
    ("known_at", ("--known-at",), "DAY|ENTRY", later("From the store as it was on that day or after that entry.")),
    ("output", ("--output", "-o"), "FILE", later("Write to a file; its suffix picks the format.")),
)
WRITES: tuple[Spec, ...] = (
    ("dry_run", ("--dry-run", "-n"), "", later("Do everything but write; show what would change.")),
    ("reason", ("--reason",), "TEXT", later("Why, for the journal.")),
    ("json", ("--json",), "", later("Print the outcome as JSON.")),
)
REVEALS: tuple[Spec, ...] = (
    ("reveal", ("--reveal",), "", later("Show personal fields; the journal says who looked.")),
    ("reason", ("--reason",), "TEXT", later("Why, for the journal.")),
)


def _remember(ctx: Any, param: Any, value: Any) -> None:
    """Keep a common option where the command's desk finds it."""
    if value not in (None, False):
        ctx.find_root().ensure_object(dict)[param.name] = value


def _common(specs: tuple[Spec, ...]) -> list[TyperOption]:
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

    own: tuple[Spec, ...] = ()

    def __init__(self, name: str | None, **settings: Any) -> None:
        given = settings.pop("params", None) or []
        taken = {name for each in given for name in each.opts}  # a command may mean its own by it
        common = tuple(spec for spec in COMMON if not taken & set(spec[1]))
        params = [*given, *_common(self.own), *_common(common)]
        settings["rich_markup_mode"] = None
        super().__init__(name, params=params, **settings)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help page."""
        formatter.write("\n".join(page(self, ctx)) + "\n")


class Reads(Command):
    """A command that prints records or a report."""

    own = READS


class Reveals(Reads):
    """A command that prints records with personal fields, masked unless told otherwise."""

    own = (*READS, *REVEALS)


class Writes(Command):
    """A command that writes to the store."""

    own = WRITES

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; an option of yes or no that stands alone is a yes."""
        alone = {name for each in self.params if each.metavar == YES_NO for name in each.opts}
        spelled: list[str] = []
        for word, following in zip_longest(args, args[1:], fillvalue="-"):
            spelled.append(word)
            if word in alone and following.startswith("-"):
                spelled.append("yes")
        return super().parse_args(ctx, spelled)


class Proposes(Writes):
    """A command that writes, or prints what it would write and why."""

    own = (*READS, *(spec for spec in WRITES if spec[0] != "json"))


class Group(TyperGroup):
    """A group of commands, each built when it is asked for; an unknown one is answered by the nearest."""

    def __init__(self, infos: Sequence[CommandInfo] = (), **settings: Any) -> None:
        settings["rich_markup_mode"] = None
        settings["no_args_is_help"] = True
        super().__init__(**settings)
        self.params.extend(_common(COMMON))
        self.unbuilt = {info.name: info for info in infos if info.name}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the module."""
        return list(self.unbuilt)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build the command, or return it if it was built before."""
        if cmd_name in self.unbuilt and cmd_name not in self.commands:
            info = self.unbuilt[cmd_name]
            self.commands[cmd_name] = typer.main.get_command_from_info(
                info, pretty_exceptions_short=True, rich_markup_mode=None
            )
        return self.commands.get(cmd_name)

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
        return _built(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page of the table."""
        formatter.write("\n".join(root()) + "\n")


@cache
def _built(name: str) -> Any:
    """Return a command of the root, imported and built once."""
    module, _colon, attribute = GROUPS[name][0].partition(":")
    app: typer.Typer = getattr(import_module(module), attribute)
    if app.info.cls is Group:
        return Group(name=name, help=app.info.help, infos=app.registered_commands)
    built = typer.main.get_command(app)
    built.name = name
    return built


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
    return typer.Typer(cls=Group, help=summary, add_completion=False, rich_markup_mode=None)


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


def page(command: TyperCommand, ctx: Any) -> Iterator[str]:
    """Yield the lines of a command's help."""
    columns = width()
    arguments = " ".join(name for name, _text in _arguments(command, ctx))
    pieces = f"{arguments} {_('[OPTIONS]')}".strip()
    yield from wrapped(_("Usage: {line}").format(line=f"{ctx.command_path} {pieces}"), columns)
    yield ""
    for text in paragraphs(command.help):
        yield from wrapped(_(text), columns)
        yield ""
    common = {name for name, *_rest in COMMON}
    yield from section(_("Arguments"), list(_arguments(command, ctx)), columns)
    options = [p for p in command.get_params(ctx) if p.param_type_name == "option"]
    yield from section(
        _("Options"), [_option(p) for p in options if p.name not in common], columns
    )
    yield from section(
        _("Common options"), [_option(p) for p in options if p.name in common], columns
    )
    found = examples(command.help)
    if found:
        yield _("Examples:")
        yield from (f"  $ {line}" for line in found)


def group_page(group: Group, ctx: Any) -> Iterator[str]:
    """Yield the lines of a group's help."""
    columns = width()
    line = f"{ctx.command_path} {_('COMMAND [OPTIONS]')}"
    yield _("Usage: {line}").format(line=line)
    yield ""
    for text in paragraphs(group.help):
        yield from wrapped(_(text), columns)
        yield ""
    rows = [(name, _(summary)) for name, summary in group.summaries(ctx)]
    yield from section(_("Commands"), rows, columns)
    options = [_option(p) for p in group.get_params(ctx) if not getattr(p, "hidden", False)]
    yield from section(_("Options"), options, columns)


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
    text = _(HELP) if param.name == "help" else _(param.help or "")
    if param.required:
        text += " " + _("[required]")
    elif param.default not in (None, False, "", ()) and not callable(param.default):
        text += " " + _("[default: {value}]").format(value=param.default)
    return names, text.strip()
