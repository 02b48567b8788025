"""Whether a store lies on a network file system, where locks and shared memory may not hold."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
    "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs",
})  # fmt: skip


@cache
def network(path: Path) -> str:
    """Return the kind of network file system a file lies on, or an empty text; asked once."""
    try:
        mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        return kind_of(mounts, path.resolve())
    except OSError:  # a system that does not say
        return ""


def kind_of(mounts: str, path: Path) -> str:
    """Return the kind of network file system by the text of ``mountinfo``, or an empty text."""
    found, kind = -1, ""
    for line in mounts.splitlines():
        fields, _dash, rest = line.partition(" - ")
        words = fields.split()
        if len(words) < 5 or not rest:  # noqa: PLR2004 - the fifth is the place of the mount
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[4]))
        if path.is_relative_to(point) and len(point.parts) >= found:
            found, kind = len(point.parts), rest.split()[0]
    return kind if kind in _NETWORK else ""
