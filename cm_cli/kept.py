"""Whether the running command has changed something for good, so that no message denies it."""

from __future__ import annotations

_kept: list[bool] = []


def forget() -> None:
    """Begin a command: nothing of it is kept yet."""
    _kept.clear()


def mark() -> None:
    """Note that something of the command will stay whatever happens next."""
    _kept.append(True)


def is_marked() -> bool:
    """Say whether something of the command is kept already."""
    return bool(_kept)
