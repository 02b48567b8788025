"""Usage errors in both languages: what the command line says wrong, and what to type instead."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from cm_cli.cli import show
from cm_cli.domain.privacy import masked
from cm_cli.errors import Exit
from cm_cli.language import _

if TYPE_CHECKING:
    import typer


def explain(trouble: typer.TyperException) -> int:
    """Show a usage error and return its exit code."""
    kind = type(trouble).__name__
    if kind == "NoArgsIsHelpError":
        show.line(str(trouble).rstrip())
        return Exit.USAGE
    what, mend = _sentences(kind, trouble)
    show.line(_("Error: {what}").format(what=masked(what)))
    context = getattr(trouble, "ctx", None)
    path = context.command_path if context else "cm"
    show.line(_("Next: {mend}").format(mend=mend or _("See {command} --help.").format(command=path)))
    return Exit.USAGE


def _sentences(kind: str, trouble: Any) -> tuple[str, str]:
    """Return what is wrong and the next step, by the class of the error."""
    if kind == "UnknownCommand":
        mend = _("Did you mean “{word}”?").format(word=trouble.near[0]) if trouble.near else ""
        return _("There is no command “{name}”").format(name=trouble.name), mend
    if kind == "NoSuchOption":
        return _no_option(trouble)
    if kind in _TELL:
        return _TELL[kind](trouble), ""
    text = str(getattr(trouble, "message", trouble))
    if text == "Missing command.":
        return _("The command is missing"), ""
    if text.startswith("Got unexpected extra argument"):
        extra = text[text.rfind("(") + 1 : text.rfind(")")]
        return _("too many words: {words}").format(words=extra), _(
            "Put a value with blanks in quotes."
        )
    return text, ""


def _no_option(trouble: Any) -> tuple[str, str]:
    known = sorted(
        {name for param in trouble.ctx.command.get_params(trouble.ctx) for name in param.opts}
        if trouble.ctx
        else set()
    )
    near = difflib.get_close_matches(trouble.option_name, known, n=1, cutoff=0.5)
    mend = _("Did you mean “{word}”?").format(word=near[0]) if near else ""
    return _("There is no option “{name}” here").format(name=trouble.option_name), mend


def _name(param: Any, ctx: Any) -> str:
    if param is None:
        return ""
    if param.param_type_name == "argument":
        return str(param.make_metavar(ctx)).strip("[]")
    return str(max(param.opts, key=len))


def _missing(trouble: Any) -> str:
    return _("{name} is missing").format(name=_name(trouble.param, trouble.ctx))


def _bad_value(trouble: Any) -> str:
    text = str(trouble.message)
    name = _name(trouble.param, trouble.ctx) or str(trouble.param_hint or "")
    quoted = text.split("'")[1] if text.count("'") > 1 else ""
    value = quoted or text.partition(" is not")[0]
    if "is not a valid int" in text:
        return _("{name}: “{value}” is not a whole number").format(name=name, value=value)
    if "is not one of" in text or "is not in the range" in text:
        return _("{name}: “{value}” is not among the values allowed").format(name=name, value=value)
    return f"{name}: {text}" if name else text


def _no_value(trouble: Any) -> str:
    return _("{option} needs a value").format(option=trouble.option_name)


_TELL = {"MissingParameter": _missing, "BadParameter": _bad_value, "BadOptionUsage": _no_value}
