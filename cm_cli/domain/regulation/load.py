"""A regulation's text becomes a ``Regulation`` or findings: every one with file, line and mend.

``load`` returns all findings of one stage at once: what is not YAML, else what is not the
language, else what makes no sense (``check.py``). ``read`` is for those who need the regulation.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from cm_cli.domain.regulation import check, layers, nodes, typed
from cm_cli.domain.regulation.nodes import digest
from cm_cli.domain.regulation.schema import LayerOf, Regulation, from_json, to_json
from cm_cli.errors import CmError, Exit, Where
from cm_cli.language import _, n_

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from cm_cli.domain.regulation.layers import Finder
    from cm_cli.domain.regulation.nodes import Path, Source
    from cm_cli.errors import Problem

__all__ = ["digest", "from_json", "load", "load_as", "read", "refusal", "to_json"]
Model = TypeVar("Model", bound=BaseModel)
# What typed.py has said already, more clearly.
_SAID = frozenset({"missing", "extra_forbidden", "union_tag_invalid", "union_tag_not_found"})


def load(
    text: str, file: str, find: Finder | None = None
) -> tuple[Regulation | None, list[Problem]]:
    """Read and check a regulation; None where the text is not in the language at all.

    ``find`` looks up the regulations it extends.
    """
    regulation, source = _typed(Regulation, layers.whole(text, file, find))
    if regulation is not None:
        check.check(regulation, source)
        if len(source.layers) > 1:
            made = [
                LayerOf(code=each.code, source=each.source, text_digest=digest(each.text))
                for each in source.layers
            ]
            regulation = regulation.model_copy(update={"layers": tuple(made)})
    return regulation, ordered(source.problems)


def read(text: str, file: str, find: Finder | None = None) -> Regulation:
    """Return the regulation; raises CmError ``regulation-refused`` with all findings."""
    regulation, problems = load(text, file, find)
    refused = [problem for problem in problems if not problem.note]
    if regulation is None or refused:
        raise refusal(file, refused)
    return regulation


def refusal(file: str, problems: list[Problem]) -> CmError:
    """Return the error that refuses a file because of these findings."""
    count = len(problems)
    return CmError(
        n_(
            "The regulation is refused: {count} finding",
            "The regulation is refused: {count} findings",
            count,
        ).format(count=count),
        where=file,
        mend=_("Mend the lines named, then run `cm regulation check {file}`.").format(file=file),
        slug="regulation-refused",
        code=Exit.DATA_REFUSED,
        problems=problems,
    )


def load_as(model: type[Model], text: str, file: str) -> tuple[Model | None, Source]:
    """Read a text as any model of the language; the source holds tree, lines and findings."""
    return _typed(model, nodes.parse(text, file))


def _typed(model: type[Model], source: Source) -> tuple[Model | None, Source]:
    if not layers.readable(source):
        return None, source
    if not isinstance(source.tree, dict):
        source.add("not-a-mapping", (), _("The file has to begin with keys, as `name:`"))
        return None, source
    values = typed.typed(source, source.tree, model)
    if source.full:
        return None, source
    try:
        made = model.model_validate(values)
    except ValidationError as error:
        _translate(source, error)
        made = None
    return (None if source.problems else made), source


def ordered(problems: list[Problem]) -> list[Problem]:
    """Return the findings by file and line, each once."""

    def place(problem: Problem) -> tuple[str, int, str, str]:
        where = problem.where or Where("")
        return where.file, where.line, problem.slug, where.column

    return sorted(dict.fromkeys(problems), key=place)


def _translate(source: Source, error: ValidationError) -> None:
    """Note pydantic's findings in our words, but for what has been said of the same place."""
    said = {problem.where for problem in source.problems}
    for one in error.errors(include_url=False):
        path = written(one["loc"], source)
        place = source.where(path)
        if one["type"] in _SAID or place in said or _is_no_source(one):
            continue
        value = source.at(path)
        if one["type"] == "too_short" and len(value) >= one["ctx"]["min_length"]:
            continue  # pydantic has left out what is wrong in itself
        slug, what, mend = _said(one)
        text = value if isinstance(value, str) else ""
        source.add(slug, path, what, value=text, mend=mend)
    if not source.problems:
        source.add("refused", (), _("The file does not have the form that is expected"))


def _is_no_source(one: ErrorDetails) -> bool:
    return one["type"] == "value_error" and "`article:`" in str(one["msg"])


def written(loc: tuple[int | str, ...], source: Source) -> Path:
    """Return pydantic's location as a path of the file: steps that are not written drop out."""
    path: Path = ()
    for step in loc:
        longer = (*path, step)
        if longer in source.lines:
            path = longer
    return path


def _said(one: ErrorDetails) -> tuple[str, str, str]:
    """Return slug, sentence and mend for a finding of pydantic's."""
    kind, context = one["type"], one.get("ctx", {})
    mend = ""
    if kind == "literal_error":
        slug, what = "unknown-word", _("This word is not one of those known here")
        mend = typed.did_you_mean(str(one["input"]), _words(str(context.get("expected", ""))))
    elif kind in _LIMITS:
        is_day = isinstance(one["input"], date)
        slug, what = "out-of-range", _limit(kind, context, is_day=is_day)
    elif kind == "value_error":
        said = str(context.get("error", ""))
        slug, what = "contradiction", said[:1].upper() + said[1:]
    elif kind in {"too_short", "string_too_short"}:
        slug, what = "empty", _("There has to be something here")
    elif kind in {"string_pattern_mismatch", "string_too_long"}:
        slug, what = "bad-code", _("This is not a code")
        mend = _("Write a short code of letters a–z, digits, - and _, beginning with a letter.")
    elif "-" in kind:
        slug, what = kind, str(one["msg"])
    else:
        slug, what = "wrong-shape", _("This value does not fit here")
    return slug, what, mend


_LIMITS = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le"}
_LIMITS |= {"less_than": "lt"}


def _limit(kind: str, context: dict[str, object], *, is_day: bool) -> str:
    limit = context.get(_LIMITS[kind], "")
    if is_day and kind == "greater_than_equal":
        return _("The day has to be {day} or later").format(day=limit)
    if is_day:
        return _("The day has to be {day} or earlier").format(day=limit)
    sentence = {
        "greater_than_equal": _("The number has to be {limit} or more"),
        "greater_than": _("The number has to be more than {limit}"),
        "less_than_equal": _("The number has to be {limit} or less"),
        "less_than": _("The number has to be less than {limit}"),
    }[kind]
    return sentence.format(limit=limit)


def _words(listed: str) -> list[str]:
    """Return the words a literal allows, from pydantic's list of them."""
    return [word.strip(" '") for word in listed.replace(" or ", ",").split(",") if word.strip()]
