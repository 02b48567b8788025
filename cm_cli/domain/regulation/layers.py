"""A local layer over a parent (``extends:``): the trees become one before they are typed.

In a mapping the layer's keys replace the parent's; in a list an item is the parent's item of the
same code, else a new one, which stands after the item written before it in the layer. Other
lists are replaced whole; ``reads`` are added. ``remove:`` takes items away. Whatever a layer
changes needs a source of its own: the parent's article does not rule the layer's number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cm_cli.domain.regulation import nodes
from cm_cli.domain.regulation.nodes import MOST_BYTES, Layer, Source
from cm_cli.domain.regulation.typed import did_you_mean
from cm_cli.errors import CmError
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cm_cli.domain.regulation.nodes import Path, Tree

# Returns file and text of what a layer (the file) extends; raises CmError where there is none.
Finder = Callable[[str, str], tuple[str, str]]

MOST_LAYERS = 8
IDENTITY = ("code", "state", "rating", "grade")  # keys by which the items of a list are known
_NAMES = ("name", "aliases")  # may be changed without a source
_ORIGIN = ("article", "chosen")
_BY_KIND = frozenset({"score", "measure"})  # rules whose keys depend on their `kind`


def readable(source: Source) -> bool:
    """Say whether nothing found so far keeps the tree from being looked at."""
    return all(problem.slug in {"key-twice", "no-value"} for problem in source.problems)


def whole(text: str, file: str, find: Finder | None = None) -> Source:
    """Read a regulation with all it extends; findings of every layer stand in the one source."""
    chain = list(_chain(text, file, find))
    lowest = chain[-1]
    if len(chain) == 1:
        if isinstance(lowest.tree, dict) and "remove" in lowest.tree:
            what = _("Only a regulation that extends another can take something away")
            lowest.add("remove-without-parent", ("remove",), what, mend=_("Leave `remove:` out."))
        return lowest
    made = lowest
    for layer in reversed(chain[:-1]):
        if not (readable(made) and readable(layer)):
            layer.problems = [found for each in chain for found in each.problems]
            return layer
        made = _joined(made, layer)
    return made


def _chain(text: str, file: str, find: Finder | None) -> Iterator[Source]:
    """Yield a regulation and what it extends, each after the layer over it."""
    source = _parsed(text, file)
    codes = [source.layers[0].code]
    size = len(text)
    yield source
    while isinstance(source.tree, dict) and "extends" in source.tree and readable(source):
        child, word = source, source.tree["extends"]
        found = _parent(child, word, find)
        if found is None or not _in_bounds(child, len(codes), size + len(found[1])):
            return
        source = _parsed(found[1], found[0])
        size += len(found[1])
        codes.append(source.layers[0].code)
        if codes[-1] in codes[:-1]:
            what = _("A regulation cannot extend one of its own code: {codes}")
            what = what.format(codes=" → ".join(nodes.shown(code) for code in codes))
            mend = _("Give the layer a code of its own, or extend another regulation.")
            child.add("extends-itself", ("extends",), what, value=str(word), mend=mend)
            return
        if readable(source) and not isinstance(source.tree, dict):
            source.add("not-a-mapping", (), _("The file has to begin with keys, as `name:`"))
        yield source


def _in_bounds(child: Source, layers: int, size: int) -> bool:
    if layers >= MOST_LAYERS:
        what = _("More than {limit} regulations extend one another").format(limit=MOST_LAYERS)
        child.add("too-many-layers", ("extends",), what)
    elif size > MOST_BYTES:
        what = _("The file is larger than a regulation may be ({limit} bytes)")
        child.add("file-too-large", ("extends",), what.format(limit=MOST_BYTES), value=str(size))
    return readable(child)


def _parent(child: Source, word: Tree, find: Finder | None) -> tuple[str, str] | None:
    """Return file and text of what a layer extends; a finding where there is none."""
    if not isinstance(word, str):
        what = _("`extends:` takes the code of one regulation, or a file beside this one")
        child.add("wrong-shape", ("extends",), what)
        return None
    what = _("This regulation is not found")
    mend = _("Give the code of one that `cm regulation list` shows, or a file beside this one.")
    try:
        if find is not None:
            return find(word, child.file)
    except CmError as trouble:
        what, mend = trouble.what, trouble.mend or mend
    child.add("unknown-parent", ("extends",), what, value=word, mend=mend)
    return None


def _parsed(text: str, file: str) -> Source:
    """Return a text as a source that knows itself as a layer."""
    source = nodes.parse(text, file)
    tree = source.tree if isinstance(source.tree, dict) else {}
    words = {key: value for key, value in tree.items() if isinstance(value, str)}
    number = words.get("articles", "")
    last = int(number) if re.fullmatch("[0-9]{1,4}", number) else None
    source.layers = (Layer(file, text, words.get("regulation", ""), words.get("source", ""), last),)
    return source


def _joined(parent: Source, child: Source) -> Source:
    """Return the regulation a layer makes of its parent."""
    above, own = parent.layers[-1], child.layers[0]
    if not own.source:
        own = Layer(own.file, own.text, own.code, above.source, own.articles or above.articles)
    made = Source(child.file, layers=(*parent.layers, own))
    work = _Join(parent, child, made)
    work.gone = {
        at for word, at in _removals(parent, child) if at or _no_such(parent, child, *word)
    } - {()}
    before, after = parent.tree, child.tree
    if isinstance(before, dict) and isinstance(after, dict):
        if "regulation" not in after:
            what = _("A layer needs a code of its own")
            child.add("key-missing", ("regulation",), what, mend=_("Add `regulation:`."))
        if "source" in after:
            work.gone |= {("articles",), ("lost_articles",)}  # those of another text
        made.tree = work.mapping(before, after, ((), (), ()), fresh=True)
    made.problems = [*parent.problems, *child.problems]
    return made


def _removals(parent: Source, child: Source) -> Iterator[tuple[tuple[str, Path], Path]]:
    """Yield each item to be taken away, with its place in the layer and in the parent (or ())."""
    listed = child.at(("remove",))
    for at, one in enumerate(listed if isinstance(listed, list) else ()):
        item = one.get("item") if isinstance(one, dict) else None
        if isinstance(item, str) and item:
            yield (item, ("remove", at, "item")), _place(parent.tree, item.split("."))[0]


def _no_such(parent: Source, child: Source, item: str, at: Path) -> bool:
    words = item.split(".")
    _found, known, number = _place(parent.tree, words)
    what = _("{parent} has nothing of this name").format(parent=parent.layers[-1].code)
    mend = did_you_mean(words[number], known) if known else ""
    child.add("unknown-reference", at, what, value=item, mend=mend)
    return False


def _place(tree: Tree, words: Sequence[str]) -> tuple[Path, list[str], int]:
    """Return the path these words lead to; else () with the words known where they end."""
    path: Path = ()
    for number, word in enumerate(words):
        if isinstance(tree, dict):
            if word not in tree:
                return (), list(tree), number
            path, tree = (*path, word), tree[word]
        elif isinstance(tree, list) and (key := _identity(tree)):
            places = {str(item[key]): at for at, item in enumerate(tree) if isinstance(item, dict)}
            if word not in places:
                return (), list(places), number
            path, tree = (*path, places[word]), tree[places[word]]
        else:
            return (), [], number
    return path, [], len(words)


def _identity(items: list[Tree]) -> str:
    """Return the key by which the items of a list are known, or "" where they have none."""
    for key in IDENTITY:
        words = [item.get(key) if isinstance(item, dict) else None for item in items]
        if items and all(isinstance(word, str) for word in words):
            return key if key == "code" or len(set(map(str, words))) == len(words) else ""
    return ""


Places = tuple["Path", "Path", "Path"]  # in the parent, in the layer, in the whole


@dataclass(slots=True)
class _Join:
    """The making of one tree of two; ``gone`` are the parent's paths that are taken away."""

    parent: Source
    child: Source
    made: Source
    gone: set[Path] = field(default_factory=set)
    stale: set[Path] = field(default_factory=set)

    def mapping(
        self, old: dict[str, Tree], new: dict[str, Tree], at: Places, *, fresh: bool
    ) -> dict[str, Tree]:
        """Return the keys of both; ``fresh`` says that the layer gives the source of its change."""
        gives = any(key in new for key in _ORIGIN)
        if gives or any(key in old for key in _ORIGIN):
            fresh = gives
        self._mark(self.child, at[1], at[2])
        made: dict[str, Tree] = {}
        for key, value in old.items():
            if (*at[0], key) in self.gone or (gives and key in _ORIGIN):
                continue
            here = ((*at[0], key), (*at[1], key), (*at[2], key))
            if key in new:
                sourced = fresh or key in _NAMES
                made[key] = self._both(value, new[key], here, fresh=sourced)
            else:
                made[key] = self._copy(self.parent, value, here[0], here[2])
        for key, value in new.items():
            if key not in made:
                here = ((*at[0], key), (*at[1], key), (*at[2], key))
                self._changes(value, here, fresh=fresh or key in (*_NAMES, *_ORIGIN))
                made[key] = self._copy(self.child, value, here[1], here[2])
        return made

    def _both(self, old: Tree, new: Tree, at: Places, *, fresh: bool) -> Tree:
        if isinstance(old, dict) and isinstance(new, dict):
            another = "kind" in new and old.get("kind") != new["kind"]
            if not (another and at[0] and at[0][-1] in _BY_KIND):
                return self.mapping(old, new, at, fresh=fresh)
        elif isinstance(old, list) and isinstance(new, list):
            if at[0] in {("reads",), ("remove",)}:
                return self._added(old, new, at)
            if key := _identity(old):
                return self._items(key, (old, new), at, fresh=fresh)
        if old != new:
            self._changes(new, at, fresh=fresh)
        return self._copy(self.child, new, at[1], at[2])

    def _added(self, old: list[Tree], new: list[Tree], at: Places) -> list[Tree]:
        self._mark(self.child, at[1], at[2])
        sources = ((self.parent, old, at[0]), (self.child, new, at[1]))
        every = [(s, one, (*place, i)) for s, part, place in sources for i, one in enumerate(part)]
        return [self._copy(s, one, place, (*at[2], n)) for n, (s, one, place) in enumerate(every)]

    def _items(
        self, key: str, lists: tuple[list[Tree], list[Tree]], at: Places, *, fresh: bool
    ) -> list[Tree]:
        """Return the items of both lists, each known by this key, in the parent's order."""
        old, new = lists
        self._mark(self.child, at[1], at[2])
        made: list[Tree] = []
        for was, now in self._pairs(key, old, new, at):
            to = (*at[2], len(made))
            here = ((*at[0], was or 0), (*at[1], now or 0), to)
            if now is None and was is not None:
                made.append(self._copy(self.parent, old[was], here[0], to))
            elif was is None and now is not None:
                self._changes(new[now], here, fresh=fresh)
                made.append(self._copy(self.child, new[now], here[1], to))
            elif was is not None and now is not None:
                made.append(self._both(old[was], new[now], here, fresh=fresh))
        return made

    def _pairs(
        self, key: str, old: list[Tree], new: list[Tree], at: Places
    ) -> Iterator[tuple[int | None, int | None]]:
        """Yield the places of each item in the parent's list and in the layer's.

        Of items of one code in the parent all stay, to be found; the layer changes the first.
        """
        kept = [i for i in range(len(old)) if (*at[0], i) not in self.gone]
        places: dict[str, int] = {}
        for place in kept:
            known = old[place]
            places.setdefault(str(known[key]) if isinstance(known, dict) else "", place)
        met: dict[int, int] = {}
        ahead: list[int] = []
        follow: dict[int, list[int]] = defaultdict(list)
        cursor: int | None = None
        for j, item in enumerate(new):
            word = item.get(key) if isinstance(item, dict) else None
            i = places.get(word) if isinstance(word, str) else None
            if i is not None and i in met:
                what = _("“{code}” stands twice").format(code=word)
                self.child.add("code-twice", (*at[1], j, key), what, value=str(word))
            elif i is not None:
                met[i] = j
                cursor = i
            else:
                (ahead if cursor is None else follow[cursor]).append(j)
        first = min(met, key=lambda i: met[i]) if met else None
        for i in kept:
            if i == first:
                yield from ((None, j) for j in ahead)
            yield i, met.get(i)
            yield from ((None, j) for j in follow[i])
        if first is None:
            yield from ((None, j) for j in ahead)

    def _changes(self, value: Tree, at: Places, *, fresh: bool) -> None:
        """Note a change without a source, once for what it stands in."""
        around = at[1][:-1]
        if fresh or around in self.stale or not _bare(value):
            return
        self.stale.add(around)
        what = _("This layer changes what its parent rules, and does not say why")
        mend = _("Add `chosen:` (why), or `article:` (where its own source rules it).")
        self.child.add("no-source", at[1], what, mend=mend)

    def _copy(self, source: Source, tree: Tree, at: Path, to: Path) -> Tree:
        """Return a part of one of the two as it is, and mark where it comes from."""
        self._mark(source, at, to)
        gone = self.gone if source is self.parent else set()
        if isinstance(tree, dict):
            return {
                key: self._copy(source, one, (*at, key), (*to, key))
                for key, one in tree.items()
                if (*at, key) not in gone
            }
        if isinstance(tree, list):
            kept = [(i, one) for i, one in enumerate(tree) if (*at, i) not in gone]
            return [self._copy(source, one, (*at, i), (*to, n)) for n, (i, one) in enumerate(kept)]
        return tree

    def _mark(self, source: Source, at: Path, to: Path) -> None:
        """Say where a path of the whole stands: its file, its line, and as what."""
        own = (len(self.made.layers) - 1, at)
        self.made.origins[to] = own if source is self.child else source.origins.get(at, (0, at))
        self.made.lines[to] = source.line(at)
        if at in source.empty:
            self.made.empty.add(to)


def _bare(value: Tree) -> bool:
    """Say whether something in a part of the tree has no source of its own."""
    if isinstance(value, dict):
        return not any(key in value for key in _ORIGIN)
    if isinstance(value, list):
        return not value or any(_bare(one) for one in value)
    return True
