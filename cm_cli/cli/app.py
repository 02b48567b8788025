"""The entry: language, the root, and the one place where trouble becomes words and an exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from cm_cli import __version__, kept, language
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType


_LONGEST = 8_000  # characters: more than any field takes, less than the store's patterns do


def run(argv: Sequence[str]) -> int:
    """Run one command line; returns the exit code and prints whatever has to be said."""
    _prepare(argv)
    if list(argv) == ["--version"]:
        sys.stdout.write(f"cm {__version__}\n")
        return Exit.DONE
    try:
        code = _page() if list(argv) in (["--help"], ["-h"]) else answer(argv)
        sys.stdout.flush()
    except Stopped as stopped:
        return _interrupted(stopped.number)
    except (BrokenPipeError, SystemExit):  # Typer leaves by exit when the pipe is closed
        return _closed_pipe()
    except OSError as trouble:
        return _output_failed(trouble)
    except Exception as bug:  # noqa: BLE001 - met while something else was being told
        return _bug(bug)
    return code


def _page() -> int:
    """Print the root's page without importing what builds commands."""
    from cm_cli.cli.page import root

    sys.stdout.write("\n".join(root()).rstrip() + "\n")
    return Exit.DONE


def _prepare(argv: Sequence[str]) -> None:
    os.umask(0o077)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    language.use(_language(argv))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), _stop)


def _language(argv: Sequence[str]) -> str:
    for at, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and at + 1 < len(argv):
            value = argv[at + 1]
        if value in language.LANGUAGES:
            return value
    return language.from_environment(os.environ)


class Stopped(BaseException):
    """A signal that asks the program to end: what is open is rolled back first."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # a second one ends what hangs
    raise Stopped(number)


def answer(argv: Sequence[str], inherited: dict[str, Any] | None = None) -> int:
    """Run one command line; ``inherited`` are common options given for all lines of a run.

    Returns the exit code; what the output refuses, and a signal, are raised.
    """
    import typer

    from cm_cli.cli import show

    kept.forget()
    try:
        _readable(argv)
        return _invoke(argv, inherited or {})
    except CmError as trouble:
        return _ending(int(trouble.code), partial(show.error, trouble))
    except typer.Abort:
        return _interrupted(signal.SIGINT)
    except typer.TyperException as trouble:
        from cm_cli.cli.usage import explain

        return _ending(Exit.USAGE, partial(explain, trouble))
    except (BrokenPipeError, OSError):
        raise
    except Exception as bug:  # noqa: BLE001 - the last resort: a bug becomes one line and a log
        return _bug(bug)


def _interrupted(number: int) -> int:
    """Say what became of a command that a signal ended: all of it is kept, or nothing."""
    from cm_cli.cli import show

    if number == signal.SIGINT:
        lost, stays = _("Interrupted; nothing of this command was kept."), _("Interrupted; what this command had written is kept.")
    else:
        lost, stays = _("Stopped; nothing of this command was kept."), _("Stopped; what this command had written is kept.")
    return _ending(128 + number, partial(show.line, stays if kept.is_marked() else lost))


def _ending(code: int, last_word: Callable[[], object]) -> int:
    """Say the last word and return the exit code, even where nobody listens or nothing is heard."""
    try:
        last_word()
        sys.stderr.flush()
    except OSError:
        _closed_pipe()
    return code


def _readable(argv: Sequence[str]) -> None:
    """Refuse words that are endless, or whose bytes are no text in the encoding of the terminal."""
    for word in argv:
        if len(word) > _LONGEST:
            raise CmError(
                _("A word of the command line is longer than {limit} characters").format(limit=_LONGEST),
                mend=_("Import long texts from a file."),
                slug="word-too-long",
                code=Exit.USAGE,
            )
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise CmError(
                _("A word of the command line is not UTF-8: {word}").format(word=word),
                mend=_("Set the terminal to UTF-8 and type it again."),
                slug="not-text",
                code=Exit.USAGE,
            )


def _invoke(argv: Sequence[str], inherited: dict[str, Any]) -> int:
    from cm_cli.cli.desk import WORDS

    result: Any = _program().main(
        list(argv),
        prog_name="cm",
        standalone_mode=False,
        obj={**inherited, WORDS: tuple(argv)},
        help_option_names=["--help", "-h"],
    )
    return int(result) if isinstance(result, int) else Exit.DONE


@cache
def _program() -> Any:
    """Return the command of the root, built once."""
    import typer

    from cm_cli.cli.frame import Root
    from cm_cli.cli.page import ABOUT, VERSION

    app = typer.Typer(
        cls=Root, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
    )

    @app.callback()
    def root(version: bool = typer.Option(False, "--version", help=VERSION)) -> None:
        if version:
            sys.stdout.write(f"cm {__version__}\n")
            raise typer.Exit

    command = typer.main.get_command(app)
    command.help = ABOUT
    return command


def _closed_pipe() -> int:
    """Leave quietly when the reader went away (``| head``)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    return Exit.DONE


def _output_failed(trouble: OSError) -> int:
    from cm_cli.cli import show

    if getattr(sys.stdout, "closed", False):
        return Exit.CANNOT_WRITE
    if os.environ.get("CM_DEBUG"):
        show.line(_trace(trouble))
    if trouble.filename:
        what = _("Error: {file}: {cause}").format(file=trouble.filename, cause=trouble.strerror or "")
        return _ending(Exit.CANNOT_WRITE, partial(show.line, what))
    what = _("Error: the output could not be written ({cause})").format(cause=trouble.strerror or "")
    if kept.is_marked():
        what += "\n" + _("Next: what the command changed is kept; see it with: cm journal list.")
    _ending(Exit.CANNOT_WRITE, partial(show.line, what))
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.CANNOT_WRITE


def _bug(trouble: Exception) -> int:
    from cm_cli.cli import show

    if os.environ.get("CM_DEBUG"):
        show.line(_trace(trouble))
        return Exit.INTERNAL
    place = _log(_trace(trouble))
    show.line(_("Internal error; details were written to {file}").format(file=place))
    return Exit.INTERNAL


def _trace(trouble: BaseException) -> str:
    """Return where in the code an error and those behind it arose, without their messages.

    A message may hold a value, and a value may be somebody's telephone number.
    """
    import traceback

    parts: list[str] = []
    behind: BaseException | None = trouble
    met: set[int] = set()
    while behind and id(behind) not in met:
        met.add(id(behind))
        lines = traceback.format_tb(behind.__traceback__)
        parts.insert(0, f"{''.join(lines)}{type(behind).__qualname__}\n")
        behind = behind.__cause__ or behind.__context__
    return "\n".join(parts)


def _log(text: str) -> str:
    """Append a text to the log, readable by its owner only; returns its place."""
    from platformdirs import user_state_path

    folder = Path(os.environ.get("CM_STATE") or user_state_path("cm", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / "cm.log"
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as log:
            file.chmod(0o600)
            log.write(text + "\n")
    except OSError:
        return "-"
    return str(file)
