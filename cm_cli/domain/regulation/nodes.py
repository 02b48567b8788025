"""YAML text to plain keys, lists and texts, each with its line; what YAML would guess is refused.

Every scalar stays the text that was written (``typed.py`` makes numbers and days of it), so
``no`` is not False, ``0123`` not 83 and ``2026-13-01`` no crash. Knows nothing of regulations.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cm_cli.domain.inert import hidden, inert
from cm_cli.errors import Problem, Where
from cm_cli.language import _

if TYPE_CHECKING:
    from yaml.error import YAMLError
    from yaml.events import Event, ScalarEvent

MOST_BYTES = 1_000_000
MOST_DEPTH = 24
MOST_FINDINGS = 500
SECOND = "\0"  # before the key of what is left out, in its path
EMPTY = frozenset({"", "~", "null", "Null", "NULL"})

Path = tuple[str | int, ...]
Tree = dict[str, "Tree"] | list["Tree"] | str


def digest(text: str, *parents: str) -> str:
    """Return the SHA-256 of a regulation's text, with the texts it extends."""
    if parents:
        text = "\n".join(digest(each) for each in (text, *parents))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def path_text(path: Path) -> str:
    """Return a path as people write it: ``grades[1].cap.percent``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: str) -> str:
    """Return a value as a message may show it: harmless and not endless."""
    value = inert(value)
    return value if len(value) <= 60 else value[:57] + "..."  # noqa: PLR2004 - a line of a message


@dataclass(frozen=True, slots=True)
class Layer:
    """One of the texts a regulation is made of; ``articles`` is None where it gives no number."""

    file: str
    text: str
    code: str = ""
    source: str = ""
    articles: int | None = None


@dataclass(slots=True)
class Source:
    """One file as a tree, the line of every path in it, and what was found wrong on the way.

    Of a regulation that extends others the tree is the whole: ``layers`` are its texts, the
    lowest first, and ``origins`` says of every path in which of them it stands, and as what.
    """

    file: str
    tree: Tree = ""
    lines: dict[Path, int] = field(default_factory=dict)
    empty: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    layers: tuple[Layer, ...] = ()
    origins: dict[Path, tuple[int, Path]] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether so much has been found that the rest is not looked at."""
        return len(self.problems) > MOST_FINDINGS

    def _written(self, path: Path) -> Path:
        """Return the path, or that of the nearest thing around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing around it that is written."""
        return self.lines.get(self._written(path), 1)

    def where(self, path: Path) -> Where:
        """Return file, line and path, as written there, as the place of a finding."""
        near = self._written(path)
        layer, own = self.origins.get(near, (-1, near))
        file = self.layers[layer].file if self.layers else self.file
        return Where(file, self.lines.get(near, 1), path_text((*own, *path[len(near) :])))

    def layer(self, path: Path) -> Layer | None:
        """Return the layer a path stands in; None where there is only one text."""
        if not self.origins:
            return None
        return self.layers[self.origins.get(self._written(path), (-1, path))[0]]

    def add(
        self,
        slug: str,
        path: Path,
        what: str,
        *,
        value: str = "",
        mend: str = "",
        note: bool = False,
    ) -> None:
        """Add a finding at a path; a note does not refuse the file. There is an end to them."""
        if self.full:
            return
        if len(self.problems) == MOST_FINDINGS:
            slug, path, value, note = "too-many-findings", (), "", False
            what = _("There are more findings than the {limit} that are shown")
            what, mend = what.format(limit=MOST_FINDINGS), _("Mend these first.")
        self.problems.append(Problem(slug, what, self.where(path), shown(value), mend, note))

    def refuse(self, slug: str, line: int, what: str, *, value: str = "", mend: str = "") -> None:
        """Add a finding at a line that has no path."""
        self.problems.append(Problem(slug, what, Where(self.file, line), shown(value), mend))

    def at(self, path: Path) -> Any:
        """Return the part of the tree at a path, or "" where there is none."""
        part: Any = self.tree
        for step in path:
            try:
                part = part[step]
            except (KeyError, IndexError, TypeError):
                return ""
        return part


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read yet."""

    value: dict[str, Tree] | list[Tree]
    path: Path
    key: str | None = None
    left_out: bool = False  # whether the key is refused, and what stands under it with it

    def next_path(self) -> Path:
        """Return the path of the value that comes next."""
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return (*self.path, (SECOND if self.left_out else "") + (self.key or ""))


def parse(text: str, file: str) -> Source:
    """Read YAML text; the tree is complete only where ``problems`` is empty."""
    source = Source(file)
    text = text.removeprefix("\ufeff")
    if not _readable(text, source):
        return source
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _build(source, yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        _not_yaml(source, text, error)
    return source


def _readable(text: str, source: Source) -> bool:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        source.refuse("not-utf8", 1, _("The file is not readable as UTF-8 text"))
        return False
    if size > MOST_BYTES:
        source.refuse(
            "file-too-large", 1,
            _("The file is larger than a regulation may be ({limit} bytes)").format(
                limit=MOST_BYTES
            ),
            value=str(size),
        )  # fmt: skip
    elif not text.strip():
        source.refuse("file-empty", 1, _("The file is empty"))
    unix = text.replace("\r\n", "\n")
    control = hidden(unix)
    if control:
        line = unix.count("\n", 0, unix.index(control)) + 1
        what = _("There is a control character or one that cannot be seen in this line")
        source.refuse("control-character", line, what, value=control)
    return not source.problems


def _not_yaml(source: Source, text: str, error: YAMLError) -> None:
    """Say where the text stops being YAML, with the mend of the commonest slips."""
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    written = lines[min(line, len(lines)) - 1] if lines else ""
    what = _("This line cannot be read as YAML")
    source.refuse("not-yaml", line, what, value=written.strip(), mend=slip(written))


def slip(written: str) -> str:
    """Return the mend for the commonest slip that keeps a line from being YAML."""
    if "\t" in written:
        return _("Indent with spaces; YAML does not take tabs.")
    if "：" in written:
        return _("Write an ASCII colon and a space after a key, not the wide “：”.")
    if written.count(": ") > 1:
        return _("Put a value that holds a colon between quotes.")
    return _("Look at this line and the one above it: indentation, quotes and brackets.")


def _build(source: Source, events: Any) -> None:
    """Build the tree from parser events; stops at what would make the rest meaningless."""
    import yaml

    around: list[_Open] = []
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                source.refuse(
                    "several-documents", _line(event), _("A file holds one document; “---” ends it")
                )
                return
        elif not _allowed(source, event):
            return
        elif isinstance(event, yaml.ScalarEvent):
            _scalar(source, around, event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            value: dict[str, Tree] | list[Tree]
            value = {} if isinstance(event, yaml.MappingStartEvent) else []
            if not _opens(source, around, value, event):
                return
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            around.pop()


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _allowed(source: Source, event: Event) -> bool:
    """Refuse aliases, anchors and tags: a rule is written out where it applies."""
    import yaml

    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, yaml.AliasEvent) or anchor:
        what = _("Anchors (&) and aliases (*) are not used in regulations")
        source.refuse(
            "alias", _line(event), what, value=str(anchor),
            mend=_("Write the rule out where it applies; put text that begins so in quotes."),
        )  # fmt: skip
        return False
    if tag:
        source.refuse(
            "tag", _line(event), _("Tags (!) are not used in regulations"), value=str(tag),
            mend=_("Leave the tag out; put text that begins with “!” in quotes."),
        )  # fmt: skip
        return False
    return True


def _scalar(source: Source, around: list[_Open], event: ScalarEvent) -> None:
    """Take a scalar as a key or as a value."""
    parent = around[-1] if around else None
    if parent is not None and isinstance(parent.value, dict) and parent.key is None:
        _key(source, parent, event)
        return
    path = parent.next_path() if parent else ()
    source.lines.setdefault(path, _line(event))
    if event.implicit[0] and event.value in EMPTY:
        source.empty.add(path)
        source.add(
            "no-value", path, _("There is no value here"), value=event.value,
            mend=_("Write a value, or leave the key out."),
        )  # fmt: skip
    _put(source, parent, str(event.value))


def _key(source: Source, parent: _Open, event: ScalarEvent) -> None:
    key = str(event.value)
    path = (*parent.path, key)
    parent.key = key
    parent.left_out = key == "<<" or path in source.lines
    if key == "<<":
        source.refuse(
            "merge-key", _line(event), _("The merge key “<<” is not used in regulations"),
            mend=_("Write the keys out."),
        )  # fmt: skip
    elif path in source.lines:
        source.refuse(
            "key-twice", _line(event),
            _("The key “{key}” stands twice; the first is in line {line}").format(
                key=shown(path_text(path)), line=source.lines[path]
            ),
            mend=_("Keep one of them."),
        )  # fmt: skip
    else:
        source.lines[path] = _line(event)


def _put(source: Source, parent: _Open | None, value: Tree) -> None:
    """Hang a value into its list or under its key; of two equal keys the first stays."""
    if parent is None:
        source.tree = value
    elif isinstance(parent.value, list):
        parent.value.append(value)
    else:
        if parent.key is not None and not parent.left_out:
            parent.value[parent.key] = value
        parent.key = None


def _opens(
    source: Source, around: list[_Open], value: dict[str, Tree] | list[Tree], event: Event
) -> bool:
    """Begin a list or mapping; False where the file cannot be read on."""
    parent = around[-1] if around else None
    if parent is not None and isinstance(parent.value, dict) and parent.key is None:
        source.refuse("key-not-text", _line(event), _("A key has to be a plain word"))
        return False
    if len(around) >= MOST_DEPTH:
        source.refuse(
            "too-deep", _line(event),
            _("Lists and keys are nested more than {limit} deep").format(limit=MOST_DEPTH),
        )  # fmt: skip
        return False
    path = parent.next_path() if parent else ()
    source.lines.setdefault(path, _line(event))
    _put(source, parent, value)
    around.append(_Open(value, path))
    return True
