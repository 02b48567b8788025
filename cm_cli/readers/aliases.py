"""A user's own words for headings: YAML, by kind, heading to field.

``clients: {客户全称: name, 组织机构: code}`` — every slip is a finding with its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cm_cli.domain.fields import nearest
from cm_cli.domain.inert import inert
from cm_cli.domain.register import by_plural
from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _
from cm_cli.readers.intake import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cm_cli.domain.kind import Kind

_EXAMPLE = "clients: {客户全称: name}"


def read(file: str, kind: Kind) -> dict[str, str]:
    """Return the fields of a kind by the user's headings; raises CmError with all findings."""
    name = inert(file)
    root = _root(file, name)
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for word, node in _pairs(root, name, problems) if root is not None else ():
        each = by_plural(word.value)
        if each is None:
            what = _("“{word}” is not a kind of record").format(word=inert(word.value))
            problems.append(_problem(what, word, name))
            continue
        for heading, target in _pairs(node, name, problems):
            problems += _unknown(each, heading, target, name)
            if each is kind:
                found[heading.value] = target.value
    if problems:
        raise CmError(
            _("The aliases in {file} cannot be used").format(file=name),
            mend=_("Write them as: {example}").format(example=_EXAMPLE),
            slug="bad-aliases",
            code=Exit.CONFIG,
            problems=problems,
        )
    return found


def _root(file: str, name: str) -> Any:
    """Return the root node of the YAML; nothing of it is ever built."""
    import yaml

    try:
        return yaml.compose(whole(file).decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as trouble:
        raise CmError(
            _("The aliases in {file} cannot be read").format(file=name),
            where=trouble.strerror or "",
            mend=_("Check the name after --aliases, or CM_ALIASES."),
            slug="no-aliases",
            code=Exit.NO_INPUT,
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as trouble:
        mark = getattr(trouble, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise CmError(
            _("The aliases in {file} are not YAML").format(file=name),
            where=str(Where(name, line)),
            mend=_("Write them as: {example}").format(example=_EXAMPLE),
            slug="bad-aliases",
            code=Exit.CONFIG,
        ) from None


def _pairs(node: Any, name: str, problems: list[Problem]) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of a mapping whose keys are words; what is none is a finding."""
    if node.id != "mapping":
        problems.append(_problem(_("A mapping is expected here"), node, name))
        return
    for key, value in node.value:
        if key.id == "scalar":
            yield key, value
        else:
            problems.append(_problem(_("A word is expected here"), key, name))


def _unknown(kind: Kind, heading: Any, target: Any, name: str) -> Iterator[Problem]:
    fields = [each.name for each in kind.given]
    word = target.value if target.id == "scalar" else ""
    if word not in fields:
        what = _("{heading}: there is no field “{target}”").format(
            heading=inert(heading.value), target=inert(word)
        )
        mend = nearest(word, fields) or _("Fields: {names}.").format(names=", ".join(fields))
        yield _problem(what, target, name, mend)


def _problem(what: str, node: Any, name: str, mend: str = "") -> Problem:
    return Problem("bad-alias", what, Where(name, node.start_mark.line + 1), mend=mend)
