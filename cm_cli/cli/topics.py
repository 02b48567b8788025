"""``cm help TOPIC``: short pages that belong to no single command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cm_cli.cli import show
from cm_cli.cli.desk import desk
from cm_cli.cli.frame import Reads, single
from cm_cli.cli.groups import GROUPS
from cm_cli.domain.fields import nearest
from cm_cli.errors import CmError, Exit
from cm_cli.language import _, later

app = single()
TOPICS = {
    "exit-codes": later(
        "Exit codes\n\n"
        "  0    done\n"
        "  1    findings: the command looked and found something to mend\n"
        "  2    the command line is wrong\n"
        "  65   data refused, nothing was written\n"
        "  66   an input, a record or a store is not there\n"
        "  70   internal error, written to the log\n"
        "  73   an output or the store cannot be written\n"
        "  75   the store is being written to by another command: try later\n"
        "  78   the configuration or the store does not fit this version\n"
        "  130  interrupted\n"
    ),
    "environment": later(
        "Environment\n\n"
        "  CM_DB        the store, where --db does not name one\n"
        "  CM_KEY_FILE  file with the key of an encrypted store, where --key-file names none\n"
        "  CM_ALIASES   file with headings of your own, where --aliases names none\n"
        "  CM_LANG      zh or en, where --lang does not say\n"
        "  CM_TODAY     the business day, where --on does not say\n"
        "  CM_OPERATOR  who works here, for the journal\n"
        "  CM_STATE     folder of the log\n"
        "  CM_DEBUG     show tracebacks\n"
        "  NO_COLOR     no colours\n"
    ),
    "privacy": later(
        "Privacy\n\n"
        "  Telephone numbers and contacts are masked in lists, records, findings and the journal.\n"
        "  --reveal shows them, and the journal then says who looked at how many records, when\n"
        "  and why (--reason). Such an entry stays: it cannot be undone. Where it cannot be\n"
        "  written, nothing is shown.\n"
        "  The store, its copies, reports, plans and the log can be read by their owner only.\n"
        "  The log and CM_DEBUG tell where in the code an error arose, never a value.\n"
    ),
    "output": later(
        "Output\n\n"
        "  Data goes to standard output, talk to standard error.\n"
        "  On a terminal lists are tables; in a pipe they are TSV and reports are plain text.\n"
        "  --format NAME chooses, -o FILE writes a file whose suffix picks the format:\n"
        "  .xlsx and .csv (for spreadsheets), .tsv, .json, .jsonl, .yaml, .md, .txt.\n"
        "  A file is written beside its place and then moved there: whole, or not at all.\n"
    ),
}


def _language(ctx: typer.Context) -> None:
    """Print the language of regulations, made from its models."""
    from cm_cli.cli.page import width
    from cm_cli.usecases import rulebook

    desk(ctx)
    sys.stdout.write(rulebook.language(width()))


def _systems(ctx: typer.Context) -> None:
    """Print where each system of rules lives."""
    from cm_cli.usecases import systems

    show.show(systems.list_(), desk(ctx))


_MADE = {"regulation": _language, "systems": _systems}


@app.command("help", cls=Reads)
def help_(
    ctx: typer.Context,
    topic: Annotated[str | None, typer.Argument(help=later("exit-codes, environment, output, privacy, regulation or systems."), metavar="[TOPIC]")] = None,
) -> None:
    """Print a page on a topic; without one, the topics.

    Examples:
      $ cm help exit-codes
      $ cm help regulation
    """
    if topic is None:
        sys.stdout.write("\n".join([*TOPICS, *_MADE]) + "\n")
        return
    if topic in _MADE:
        _MADE[topic](ctx)
        return
    if topic not in TOPICS:
        raise CmError(
            _("There is no topic “{name}”").format(name=topic),
            mend=(_("See: cm {name} --help.").format(name=topic) if topic in GROUPS else "") or nearest(topic, [*TOPICS, *_MADE]) or _("Those there are: {names}.").format(names=", ".join([*TOPICS, *_MADE])),
            slug="no-topic",
            code=Exit.USAGE,
        )
    sys.stdout.write(_(TOPICS[topic]))
