"""Who may read a store: its files belong to their owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cm_cli.store.place import Place

_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_to_others(place: Place) -> list[tuple[Path, int]]:
    """Return the files of a store that group or others may read or write, with their mode."""
    if os.name == "nt":  # rights are not modes there
        return []
    found: list[tuple[Path, int]] = []
    for suffix in _BESIDE:
        file = place.path.with_name(place.path.name + suffix)
        mode = stat.S_IMODE(file.stat().st_mode) if file.is_file() else 0
        if mode & _OTHERS:
            found.append((file, mode))
    return found
