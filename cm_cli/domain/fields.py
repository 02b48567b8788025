"""Types of fields: how a raw value is read, kept in the store, and given back.

A raw value is whatever a person typed or a file held (text, number, date). ``parse`` answers
with a typed value or raises ``BadValueError``; ``keep`` and ``give`` convert to and from the store,
which knows only text and whole numbers (money as integer 分, other numbers as exact text).
``read_column`` takes a file's column straight to what is kept: nearly all of it can be seen to be
right at one glance, and only a column that cannot is read cell by cell.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from cm_cli.domain.inert import hidden, inert
from cm_cli.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from cm_cli.domain.sheet import ColumnType
    from cm_cli.domain.tree import Tree

Value: TypeAlias = "str | int | Decimal | date | bool | tuple[str, ...] | None"
Kept: TypeAlias = "str | int | None"
_LIST_MARKS = r"[;；、,，|\n]"
_MOST_VALUES = 500
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
_CLEAN = "[0-9A-Za-z\u4e00-\u9fff]+"  # nothing to tidy: nearly every cell
_PLAIN_CODE = "[A-Za-z][0-9A-Za-z_.-]{0,39}|[0-9]{1,14}"
_CODE = re.compile(_PLAIN_CODE)
_JSON = json.JSONEncoder(ensure_ascii=False)
_DASHES = ("-", "--", "—", "——", "－", "/", "无", "暂无", "N/A", "n/a")  # it is not known


class BadValueError(ValueError):
    """A raw value that cannot be read: what is wrong and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A cell the spreadsheet has ruined; whoever reads it is told what is wrong with it."""

    slug: str
    what: str
    value: str
    mend: str

    def __str__(self) -> str:
        return self.value


class Option(NamedTuple):
    """One value of a list: a code, its names by language, and other words for it."""

    code: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()

    def shown(self) -> str:
        """Return code and name, or one where both are the same."""
        name = pick(self.names)
        return name if name == self.code else f"{self.code} {name}"

    def words(self) -> tuple[str, ...]:
        """Return every word that means this option."""
        return (self.code, *self.names.values(), *self.aliases)


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a value may depend on: the store's lists, the trees, a column's unit."""

    lists: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    trees: Mapping[str, Tree] = field(default_factory=dict)
    unit: str = ""


def tidy(raw: object, *, lines: bool = False) -> str:
    """Return the raw value as NFC text without blanks around; refuses hidden characters."""
    if isinstance(raw, str):
        if raw.isascii() and raw.isprintable():
            return raw.strip()
        if re.fullmatch(_CLEAN, raw):
            return raw
    if isinstance(raw, list | dict):
        raise BadValueError(_("is a list where one value is wanted"))
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).replace("\r\n", "\n").replace("\r", "\n")
    found = hidden(text)
    if found:
        raise BadValueError(
            _("holds the hidden character U+{code}").format(code=f"{ord(found):04X}"),
            _("Delete that character; it cannot be seen but changes what is stored."),
        )
    text = unicodedata.normalize("NFC", text).strip()
    return text if lines else text.replace("\n", " ").replace("\t", " ")


def halfwidth(raw: object) -> str:
    """Return the value as text with full-width digits and signs made plain (NFKC)."""
    text = tidy(raw)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def spoilt_number(raw: object) -> None:
    """Refuse a code that a spreadsheet has turned into a number and cut to fifteen digits."""
    if isinstance(raw, int | float):
        spoilt = abs(raw) >= _EXACT and not isinstance(raw, bool)
    else:
        spoilt = bool(re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", halfwidth(raw)))
    if spoilt:
        raise BadValueError(
            _("is a code that a spreadsheet has shortened to a number"),
            _("Set the column to text format in the spreadsheet and type the code again."),
        )


def nearest(word: str, words: Sequence[str]) -> str:
    """Return the sentence that suggests the nearest word, or nothing; case does not matter."""
    folded = {other.casefold(): other for other in reversed(words)}
    asked = word.casefold()
    close = difflib.get_close_matches(asked, folded, n=1, cutoff=0.7 if word.isascii() else 0.5)
    if not close:
        least = 3 if word.isascii() else 1  # “age” is not near “Manager”
        close = [other for other in folded if len(word) > least and asked in other][-1:]
    return did_you_mean(folded[close[0]]) if close else ""


def did_you_mean(word: str) -> str:
    """Return the sentence that suggests a word, or nothing without one."""
    return _("Did you mean “{word}”?").format(word=word) if word else ""


@dataclass(slots=True, eq=False, repr=False)
class FieldType:
    """The base of all types; on its own it is short text of one line.

    Types are never changed, but not frozen: that would cost every start half a millisecond each.
    """

    sql: ClassVar[str] = "TEXT"
    column: ClassVar[ColumnType] = "text"
    dashed: ClassVar[bool] = False  # a dash in a file says that it is not known
    longest: int = 200
    lines: bool = False

    def parse(self, raw: object, context: Context) -> Value:
        """Read a raw value; raises BadValueError."""
        del context
        text = tidy(raw, lines=self.lines)
        if len(text) > self.longest:
            raise BadValueError(
                _("has {count} characters, at most {most} are kept").format(
                    count=len(text), most=self.longest
                )
            )
        return text or None

    def keep(self, value: Value) -> Kept:
        """Return the value as the store keeps it."""
        return None if value is None else str(value)

    def give(self, kept: Kept) -> Value:
        """Return the value the store kept."""
        return kept

    def read(self, raw: object, context: Context) -> Kept:
        """Read a cell into what the store keeps; an empty one is none."""
        if isinstance(raw, Spoilt):
            raise BadValueError(raw.what, raw.mend)
        if raw is None or raw == "" or (self.dashed and raw in _DASHES):
            return None
        return self.keep(self.parse(raw, context))

    def read_column(self, cells: Sequence[Any], context: Context) -> Sequence[Kept]:
        """Read a column as ``read`` reads each cell; raises BadValueError where one cannot be."""
        texts = set(map(type, cells)) == {str}
        found = self.at_once(cells, context) if texts else None
        if found is not None:
            return found
        return each_once(cells, lambda raw: self.read(raw, context), texts=texts)

    def at_once(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Read a column of texts, some of them empty or a dash; none as ``read_texts``."""
        if not any(texts):
            return [None] * len(texts)
        found = self.read_texts(texts, context)
        if found is None and self.dashed and not set(_DASHES).isdisjoint(texts):
            return self.at_once(["" if text in _DASHES else text for text in texts], context)
        return found

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Read a column of texts all at once; none where they must be seen one by one."""
        del texts, context
        return None


def each_once(
    cells: Sequence[Any], read: Callable[[Any], Kept], *, texts: bool = False
) -> list[Kept]:
    """Read every cell; where many are equal (and of one type), each of them once."""
    words: Sequence[Any] = cells if texts else list(zip(map(type, cells), cells, strict=True))
    try:
        different = set(words)
    except TypeError:  # a list among them
        return list(map(read, cells))
    if len(different) * 2 > len(cells):
        return list(map(read, cells))
    found = {word: read(word if texts else word[1]) for word in different}
    return list(map(found.__getitem__, words))


def as_they_are(
    texts: Sequence[str], kept: Callable[[Sequence[str]], bool]
) -> Sequence[Kept] | None:
    """Return a column whose filled cells are all as the store keeps them, else none."""
    if "" not in texts:
        return texts if kept(texts) else None
    return [text or None for text in texts] if kept(list(filter(None, texts))) else None


def column_of(pattern: str) -> Callable[[Sequence[str]], bool]:
    """Return what says of a column whether every text of it is of that pattern.

    No text of the pattern may hold a line break.
    """

    @cache
    def whole() -> re.Pattern[str]:  # most commands read no column
        return re.compile(f"(?:(?:{pattern})\n)*+")

    def fits(texts: Sequence[str]) -> bool:
        joined = "\n".join(texts) + "\n"
        return joined.count("\n") == len(texts) and whole().fullmatch(joined) is not None

    return fits


def tidied(texts: Sequence[str], longest: int = 0) -> bool:
    """Say whether ``tidy`` would leave all these texts as they are, and none is too long."""
    joined = "".join(texts)
    return (
        joined.isprintable()  # so there is no blank but the plain one
        and (not longest or max(map(len, texts)) <= longest)
        and (" " not in joined or all(text == text.strip() for text in texts))
        and (
            joined.isascii()
            or re.fullmatch(_CLEAN, joined) is not None
            or (unicodedata.is_normalized("NFC", joined) and not hidden(joined))
        )
    )


_codes = column_of(_PLAIN_CODE)


class Text(FieldType):
    """Text of one line, or of several where ``lines`` is set."""

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Take texts that are tidy as they are."""
        del context
        return as_they_are(texts, lambda filled: tidied(filled, self.longest))


@dataclass(slots=True, eq=False, repr=False)
class Verbatim(FieldType):
    """A long text kept to the letter, as that of a regulation: nothing of it is tidied."""

    longest: int = 1_000_000

    def parse(self, raw: object, context: Context) -> Value:
        """Read a text as it stands, or one that ``quoted`` has written."""
        del context
        if isinstance(raw, list | dict):
            raise BadValueError(_("is a list where one value is wanted"))
        text = _unquoted(str(raw))
        if len(text) > self.longest:
            raise BadValueError(
                _("has {count} characters, at most {most} are kept").format(
                    count=len(text), most=self.longest
                )
            )
        return text or None


def quoted(text: str) -> str:
    """Return a verbatim text as any file keeps it: one that writers would change as JSON."""
    return text if inert(text, lines=True) == text and text[:1] != '"' else json.dumps(text)


def _unquoted(text: str) -> str:
    if not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


@dataclass(slots=True, eq=False, repr=False)
class Code(FieldType):
    """An identifier: letters, digits, ``.``, ``_``, ``-``; leading zeros belong to it."""

    column: ClassVar[ColumnType] = "code"
    longest: int = 40

    def parse(self, raw: object, context: Context) -> Value:
        """Read a code; a number that a spreadsheet has spoilt is refused."""
        del context
        if raw.__class__ is str and _CODE.fullmatch(raw):
            return raw
        if isinstance(raw, float) and not raw.is_integer():
            raise BadValueError(
                _("is a number, not a code"),
                _("Set the column to text format in the spreadsheet and type the code again."),
            )
        spoilt_number(raw)
        text = halfwidth(raw)
        if text and (len(text) > self.longest or not re.fullmatch(r"[\w.\-]+", text)):
            raise BadValueError(
                _("is not a code"),
                _("Use letters, digits, “.”, “_” and “-”, at most {most} characters.").format(
                    most=self.longest
                ),
            )
        return text or None

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Take plain codes as they are."""
        del context
        return as_they_are(texts, _codes)


@dataclass(slots=True, eq=False, repr=False)
class YesNo(FieldType):
    """Yes or no, kept as 1 or 0."""

    sql: ClassVar[str] = "INTEGER"
    column: ClassVar[ColumnType] = "flag"

    def parse(self, raw: object, context: Context) -> Value:
        """Read yes/no, 是/否, true/false, 1/0."""
        del context
        word = halfwidth(raw).lower()
        if not word:
            return None
        if word in {"yes", "y", "true", "1", "是", "√", "有"}:
            return True
        if word in {"no", "n", "false", "0", "否", "×", "无"}:
            return False
        raise BadValueError(_("is neither yes nor no"), _("Write yes or no (是 or 否)."))

    def keep(self, value: Value) -> Kept:
        """Return 1 or 0."""
        return None if value is None else int(bool(value))

    def give(self, kept: Kept) -> Value:
        """Return true or false."""
        return None if kept is None else bool(kept)


@dataclass(slots=True, eq=False, repr=False)
class Choice(FieldType):
    """One of a list: a fixed one (``options``) or one the store keeps (``source``)."""

    column: ClassVar[ColumnType] = "text"
    options: tuple[Option, ...] = ()
    source: str = ""

    def among(self, context: Context) -> Sequence[Option]:
        """Return the options in force."""
        return context.lists.get(self.source, ()) if self.source else self.options

    def parse(self, raw: object, context: Context) -> Value:
        """Read a code, a name in either language, or another word for an option."""
        text = halfwidth(raw)
        if not text:
            return None
        options = self.among(context)
        folded = text.casefold()
        for option in options:
            if any(folded == word.casefold() for word in option.words()):
                return option.code
        words = [word for option in options for word in option.words()]
        shown = ", ".join(option.shown() for option in options)
        raise BadValueError(
            _("is not in the list"),
            nearest(text, words) or _("It may be one of: {options}.").format(options=shown),
        )


@dataclass(slots=True, eq=False, repr=False)
class Named(FieldType):
    """A name of a tree (region, industry); other spellings become the tree's own."""

    tree: str = ""
    longest: int = 60

    def parse(self, raw: object, context: Context) -> Value:
        """Read a name; one the tree does not know is kept as written."""
        text = tidy(raw)
        if len(text) > self.longest:
            raise BadValueError(
                _("has {count} characters, at most {most} are kept").format(
                    count=len(text), most=self.longest
                )
            )
        tree = context.trees.get(self.tree)
        return (tree.canonical(text) if tree else text) or None


@dataclass(slots=True, eq=False, repr=False)
class Ref(FieldType):
    """The code of a record of another kind; whether it exists is asked of the store."""

    column: ClassVar[ColumnType] = "code"
    kind: str = ""

    def parse(self, raw: object, context: Context) -> Value:
        """Read the code, or a name that the store resolves to one."""
        del context
        return tidy(raw) or None

    def read_texts(self, texts: Sequence[str], context: Context) -> Sequence[Kept] | None:
        """Take texts that are tidy as they are."""
        del context
        return as_they_are(texts, tidied)


@dataclass(slots=True, eq=False, repr=False)
class Several(FieldType):
    """Several values of one type, written ``浙江;江苏`` and kept as a JSON array."""

    of: FieldType = field(default_factory=FieldType)

    def parse(self, raw: object, context: Context) -> Value:
        """Read each value; doubles are dropped, the order is kept."""
        given = raw if isinstance(raw, list | tuple) else [raw]
        parts = [part for each in given for part in re.split(_LIST_MARKS, tidy(each, lines=True))]
        if len(parts) > _MOST_VALUES:
            raise BadValueError(
                _("has {count} values, at most {most} are kept").format(
                    count=len(parts), most=_MOST_VALUES
                )
            )
        values = [str(value) for part in parts if (value := self.of.parse(part, context))]
        return tuple(dict.fromkeys(values)) or None

    def keep(self, value: Value) -> Kept:
        """Return the values as a JSON array."""
        return _JSON.encode(value) if isinstance(value, tuple) else None

    def give(self, kept: Kept) -> Value:
        """Return the values."""
        return tuple(json.loads(str(kept))) if kept else None
