"""What the caller of a writer may choose; a writer takes what concerns it and ignores the rest."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """``width``: columns of the terminal, None for unlimited; ``bars``: columns to draw bars of.

    ``exact``: for an import to read back, so headings and quotes as it expects them.
    """

    width: int | None = None
    color: bool = False
    bars: tuple[str, ...] = ()
    exact: bool = False
