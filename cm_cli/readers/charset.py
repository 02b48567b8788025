"""Which characters the bytes of a text file are: one rule, no guessing by statistics.

A byte-order mark decides; else all bytes are UTF-8; else all bytes are GB18030 (which holds GBK and
GB2312); else the file is refused with the byte and line. A damaged UTF-8 text would often pass for
GB18030, so where UTF-8 held for a while it is UTF-8. An encoding the user gives is kept to.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cm_cli.domain.inert import inert
from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _
from cm_cli.readers.rows import refused

if TYPE_CHECKING:
    from cm_cli.readers.intake import Intake

LINE_LIMIT = 1_000_000  # characters
_CHUNK = 1 << 18
_CONVINCING = 12  # Chinese characters in a row that GBK would not yield as UTF-8 by chance
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "cp950": "cp950",
    "utf-16": "utf-16-le",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
}


@dataclass(frozen=True, slots=True)
class Charset:
    """The codec of a text, where it begins, and whether an apostrophe occurs in it."""

    codec: str
    skip: int = 0
    apostrophes: bool = False


@dataclass(frozen=True, slots=True)
class _Fault:
    """What stands in the way of decoding: a bad byte, a NUL, a line without end."""

    sort: str
    byte: int
    line: int
    convincing: bool = False


def choose(intake: Intake, wanted: str = "", *, long_lines: bool = False) -> Charset:
    """Return the charset in which every byte of the input can be read; raises CmError if none."""
    marked = _marked(intake.head(4))
    if wanted:
        codec = _wanted(wanted)
        if marked and marked.codec != codec:
            raise _contradicted(intake, wanted, marked)
        choices = [marked or Charset(codec)]
    else:
        choices = [marked] if marked else [Charset("utf-8"), Charset("gb18030")]
    faults: dict[str, _Fault] = {}
    for charset in choices:
        found = _scan(intake, charset, long_lines=long_lines)
        if isinstance(found, Charset):
            return found
        faults[charset.codec] = found
        if found.convincing or found.sort != "byte":
            break
    raise _refusal(intake, faults, wanted)


def decoded(intake: Intake, charset: Charset) -> str:
    """Return the whole text (of an input small enough to be kept)."""
    intake.handle.seek(charset.skip)
    return intake.handle.read().decode(charset.codec)


def glimpse(head: bytes) -> str:
    """Return the beginning of a text as well as it can be read, to see what it is."""
    marked = _marked(head)
    if marked:
        return head[marked.skip :].decode(marked.codec, "replace")
    return head.decode("utf-8", "replace")


def gbk_note(charset: Charset, wanted: str, where: Where) -> list[Problem]:
    """Return the note that a text was taken for GB18030 because it is not UTF-8."""
    if wanted or charset.codec != "gb18030":
        return []
    what = _("The text is not UTF-8 and was read as GB18030 (GBK)")
    mend = _("If names look wrong, say which it is with --encoding.")
    return [Problem("read-as-gb18030", what, where, mend=mend, note=True)]


def _marked(head: bytes) -> Charset | None:
    for mark, codec in _MARKS.items():
        if head.startswith(mark):
            return Charset(codec, len(mark))
    return None


def _wanted(name: str) -> str:
    codec = ENCODINGS.get(name.strip().lower().replace("_", "-"))
    if codec is None:
        raise CmError(
            _("“{value}” is not an encoding that can be read").format(value=inert(name)),
            mend=_("Known: {known}.").format(known=", ".join(ENCODINGS)),
            slug="unknown-encoding",
            code=Exit.USAGE,
        )
    return codec


def _scan(intake: Intake, charset: Charset, *, long_lines: bool) -> Charset | _Fault:
    """Decode the whole input once and return the charset, or what is in the way."""
    intake.handle.seek(charset.skip)
    decoder = codecs.getincrementaldecoder(charset.codec)("strict")
    at, line, tail, apostrophes, foreign = charset.skip, 1, 0, False, 0
    while True:
        chunk = intake.handle.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(charset.codec, "ignore")
            foreign += _foreign(before)
            byte, line = at - pending + error.start, line + before.count("\n")
            return _Fault("byte", byte, line, foreign >= _CONVINCING)
        if "\0" in text:
            before, _nul, _rest = text.partition("\0")
            byte = at - pending + len(before.encode(charset.codec))
            return _Fault("nul", byte, line + before.count("\n"))
        if not chunk:
            return Charset(charset.codec, charset.skip, apostrophes)
        at += len(chunk)
        line += text.count("\n")
        end = max(text.rfind("\n"), text.rfind("\r"))
        tail = tail + len(text) if end < 0 else len(text) - end
        if tail > LINE_LIMIT and not long_lines:
            return _Fault("line", at, line)
        apostrophes = apostrophes or "'" in text
        foreign += _foreign(text) if foreign < _CONVINCING else 0


def _foreign(text: str) -> int:
    """Count the characters that are not ASCII."""
    return 0 if text.isascii() else sum(1 for character in text if character > "\x7f")


def _contradicted(intake: Intake, wanted: str, marked: Charset) -> CmError:
    return CmError(
        _("The file begins with the mark of {found}, which is not {value}").format(
            found=marked.codec, value=inert(wanted)
        ),
        where=intake.name,
        mend=_("Leave --encoding out."),
        slug="encoding-contradicted",
        code=Exit.DATA_REFUSED,
    )


def _refusal(intake: Intake, faults: dict[str, _Fault], wanted: str) -> CmError:
    """Return the refusal; of several charsets that fail, each says where."""
    for fault in faults.values():
        where = Where(intake.name, fault.line)
        if fault.sort == "nul":
            what = _("There is a NUL character (byte {byte})").format(byte=fault.byte)
            return refused("nul-character", what, where, _("Save the file again as text."))
        if fault.sort == "line":
            what = _("The line is longer than {limit} characters").format(limit=LINE_LIMIT)
            return refused("line-too-long", what, where, _("Check that it is the right file."))
        if wanted:
            what = _("The file is not {encoding}: byte {byte} cannot be read").format(
                encoding=inert(wanted), byte=fault.byte
            )
            mend = _("Leave --encoding out: the encoding is then found from the bytes of the file.")
            return refused("unreadable-characters", what, where, mend)
    places = "; ".join(
        _("not {codec}: byte {byte}, line {line}").format(
            codec=codec, byte=fault.byte, line=fault.line
        )
        for codec, fault in faults.items()
    )
    what = _("The characters cannot be read ({places})").format(places=places)
    mend = _("Save the file as UTF-8, or say with --encoding what it is.")
    furthest = max(faults.values(), key=lambda fault: fault.byte)
    return refused("unreadable-characters", what, Where(intake.name, furthest.line), mend)
