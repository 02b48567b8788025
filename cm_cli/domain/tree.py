"""Trees of names: regions and industries, where a wide name covers the narrow ones below it.

The rows come from whoever read them; nothing here opens a file. A name outside the tree is kept
as it is: it covers itself alone and lies directly below the root, where the tree has one root.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cm_cli.errors import CmError, Exit, Problem, Where
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SUFFIXES = ("特别行政区", "自治区", "自治州", "地区", "省", "市", "盟")
_IGNORED = re.compile(r"[\s'’`·-]+")
_MEMORY = 100_000
_LIKENESS = 0.5  # one of two characters right, where the first is
_LIKENESS_WITHIN = 0.6
_LIKENESS_LATIN = 0.75  # words of letters always have some in common


@dataclass(frozen=True, slots=True)
class Node:
    """One name of a tree; ``code`` is the Chinese name, ``parent`` the code above it or empty."""

    code: str
    zh: str
    en: str
    parent: str
    aliases: tuple[str, ...]

    def spellings(self) -> tuple[str, ...]:
        """Return every way of writing the name."""
        return tuple(text for text in (self.zh, self.en, *self.aliases) if text)


_Numbered: TypeAlias = "Sequence[tuple[int, Node]]"


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A tree of names; made by ``Tree.of``, asked in codes or in any spelling of them."""

    nodes: Mapping[str, Node]
    _keys: Mapping[str, str]
    _below: Mapping[str, tuple[str, ...]]
    _above: Mapping[str, Mapping[str, int]]
    _memory: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, str]], file: str = "") -> Tree:
        """Build the tree from rows of ``zh, en, parent, aliases`` (aliases parted by ``|``).

        Raises CmError with all findings: a name missing or given twice, a parent unknown, a circle.
        """
        numbered = list(enumerate(map(_node, rows), start=2))
        keys: dict[str, str] = {}
        problems = [*_spell(numbered, keys, file), *_orphans(numbered, keys, file)]
        if problems:
            raise _refused(problems, file)
        nodes = {node.code: _under(node, keys) for _line, node in numbered}
        problems = list(_circles(nodes, file))
        if problems:
            raise _refused(problems, file)
        return cls(nodes, keys, _children(nodes), _ancestry(nodes))

    @property
    def root(self) -> str:
        """The one name without a parent, else ``""``."""
        roots = self._below.get("", ())
        return roots[0] if len(roots) == 1 else ""

    def canonical(self, text: str) -> str:
        """Return the code of the name, however it is written; unknown text only stripped."""
        found = self._memory.get(text)
        if found is None:
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            found = self._memory[text] = self._find(text) or text.strip()
        return found

    def known(self, text: str) -> bool:
        """Say whether the tree has the name."""
        return self.canonical(text) in self.nodes

    def covers(self, wide: str, narrow: str) -> bool:
        """Say whether the narrow name is the wide one or lies below it."""
        return self.depth_between(wide, narrow) is not None

    def depth_between(self, wide: str, narrow: str) -> int | None:
        """Return the steps from the wide name down to the narrow: 0 the same, 1 a child, or None.

        An unknown name is one step below the only root.
        """
        above, below = self.canonical(wide), self.canonical(narrow)
        steps = self._above.get(below)
        if steps is not None:
            return steps.get(above)
        if above == below:
            return 0
        return 1 if above and above == self.root else None

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return the codes above the name, the nearest first."""
        code = self.canonical(name)
        if code in self.nodes:
            return tuple(self._above[code])[1:]
        return (self.root,) if self.root else ()

    def descendants(self, name: str) -> tuple[str, ...]:
        """Return the codes below the name, each parent before its children, in the order given."""
        found: list[str] = []
        for child in self._below.get(self.canonical(name), ()):
            found += [child, *self.descendants(child)]
        return tuple(found)

    def suggest(self, text: str) -> str:
        """Return the code that was probably meant: how the text begins, else the nearest name.

        Empty where nothing is near, or several are equally near.
        """
        key = _key(text)
        if not key:
            return ""
        starts = [known for known in self._keys if len(known) > 1 and key.startswith(known)]
        if starts:
            return self._keys[max(starts, key=len)]
        return self._nearest(key)

    def _nearest(self, key: str) -> str:
        from difflib import SequenceMatcher

        likeness: dict[str, tuple[float, bool]] = {}
        matcher = SequenceMatcher(b=key, autojunk=False)
        for known, code in self._keys.items():
            matcher.set_seq1(known)
            same_start = known[0] == key[0]
            least = _LIKENESS if same_start else _LIKENESS_WITHIN
            least = max(least, _LIKENESS_LATIN) if key.isascii() else least
            begins = known.startswith(key)
            if len(known) > 1 and (begins or matcher.real_quick_ratio() >= least):
                ratio = 1.0 if begins else matcher.ratio()
                if ratio >= least:
                    likeness[code] = max((ratio, same_start), likeness.get(code, (0.0, False)))
        best = max(likeness.values(), default=None)
        nearest = [code for code, rank in likeness.items() if rank == best]
        return nearest[0] if len(nearest) == 1 else ""

    def _find(self, text: str) -> str:
        key = _key(text)
        return self._keys.get(key) or self._bare(key) or self._path(key)

    def _bare(self, key: str) -> str:
        """Find a name by its key without 省, 市 … unless its own full form is on record."""
        suffix = next((end for end in SUFFIXES if key.endswith(end)), "")
        code = self._keys.get(key.removesuffix(suffix), "") if suffix else ""
        full = code and any(alias.endswith(SUFFIXES) for alias in self.nodes[code].aliases)
        return "" if full else code

    def _path(self, key: str) -> str:
        """Find a name written after one that covers it: 浙江省杭州市."""
        for at in range(len(key) - 2, 1, -1):
            wide, narrow = self._keys.get(key[:at]), self._keys.get(key[at:])
            if wide and narrow and wide in self._above[narrow]:
                return narrow
        return ""


def _key(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())


def _node(row: Mapping[str, str]) -> Node:
    zh, en, parent, aliases = (
        (row.get(name) or "").strip() for name in ("zh", "en", "parent", "aliases")
    )
    others = tuple(alias.strip() for alias in aliases.split("|") if alias.strip())
    return Node(zh, zh, en, parent, others)


def _spell(numbered: _Numbered, keys: dict[str, str], file: str) -> Iterator[Problem]:
    """Enter every spelling into the keys; yield the names missing or given twice."""
    seen: set[str] = set()
    for line, node in numbered:
        if not node.zh:
            yield Problem("tree-no-name", _("The row has no name."), Where(file, line, "zh"))
            continue
        for text in node.spellings():
            other = keys.setdefault(_key(text), node.code)
            if other != node.code or (text == node.zh and node.code in seen):
                yield _twice(text, other, Where(file, line))
        seen.add(node.code)


def _twice(text: str, other: str, where: Where) -> Problem:
    return Problem(
        "tree-name-twice",
        _("The name also stands for “{other}”.").format(other=other),
        where,
        text,
        _("Give one of the two its full name."),
    )


def _orphans(numbered: _Numbered, keys: Mapping[str, str], file: str) -> Iterator[Problem]:
    for line, node in numbered:
        if node.parent and _key(node.parent) not in keys:
            yield Problem(
                "tree-no-parent",
                _("The name above is not in the tree."),
                Where(file, line, "parent"),
                node.parent,
                _("Add a row for it, or correct the spelling."),
            )


def _circles(nodes: Mapping[str, Node], file: str) -> Iterator[Problem]:
    for code, node in nodes.items():
        above, steps = node.parent, 0
        while above and above != code and steps < len(nodes):
            above, steps = nodes[above].parent, steps + 1
        if above == code:
            yield Problem(
                "tree-circle",
                _("The name lies below itself."),
                Where(file, column="parent"),
                code,
                _("Correct the name above it."),
            )


def _refused(problems: list[Problem], file: str) -> CmError:
    return CmError(
        _("The names do not make a tree."),
        file,
        _("Correct the rows listed and try again."),
        "tree-refused",
        Exit.DATA_REFUSED,
        problems,
    )


def _under(node: Node, keys: Mapping[str, str]) -> Node:
    """Return the node with the code of its parent, however the row spells it."""
    parent = keys[_key(node.parent)] if node.parent else ""
    return Node(node.code, node.zh, node.en, parent, node.aliases)


def _children(nodes: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for code, node in nodes.items():
        below.setdefault(node.parent, []).append(code)
    return {code: tuple(children) for code, children in below.items()}


def _ancestry(nodes: Mapping[str, Node]) -> dict[str, dict[str, int]]:
    """Return, for each code, itself and all above it with the steps up to them, nearest first."""
    above: dict[str, dict[str, int]] = {}
    for code in nodes:
        chain = above[code] = {code: 0}
        while parent := nodes[next(reversed(chain))].parent:
            chain[parent] = len(chain)
    return above
