"""Clocks set back and network file systems are said, and do no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import rows

from cm_cli.store import network

MOUNTS = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 / /srv rw,relatime shared:5 - nfs4 server:/export rw,vers=4.2
41 40 0:41 / /srv/local rw - xfs /dev/vdb rw
42 27 0:42 / /home/a\\040b rw - fuse.sshfs user@host: rw
43 27 0:43 / /mnt rw - ext4 /dev/vdc rw
44 43 0:44 / /mnt rw - cifs //server/share rw
45 27 0:45 / /tmp rw - tmpfs tmpfs rw
46 27 0:46 / /box rw - 9p share rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/cm.db", ""),
        ("/srv/cm.db", "nfs4"),
        ("/srv", "nfs4"),
        ("/srvice/cm.db", ""),
        ("/srv/local/cm.db", ""),
        ("/home/a b/cm.db", "fuse.sshfs"),
        ("/mnt/deep/er/cm.db", "cifs"),
        ("/mnt", "cifs"),
        ("/box/cm.db", "9p"),
    ],
)
def test_the_longest_and_the_last_mount_decides(path, kind):
    assert network.kind_of(MOUNTS, Path(path)) == kind


def test_a_system_without_a_list_of_mounts_gives_no_note(monkeypatch, tmp_path):
    monkeypatch.setattr(network, "MOUNTS", tmp_path / "none")
    assert network.network(tmp_path) == ""


@pytest.fixture
def mounted(monkeypatch, tmp_path):
    """Pretend that the test's folder is mounted from a server."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"27 1 0:1 / / rw - ext4 x rw\n40 27 0:4 / {tmp_path} rw - nfs4 s:/e rw\n")
    monkeypatch.setattr(network, "MOUNTS", mounts)


def test_a_store_on_a_network_file_system_is_noted_where_it_is_written_and_in_info(
    store, ok, mounted
):
    said = ok("unit", "add", "杭州分行", "--kind", "operating").err
    assert "Note: The store lies on a network file system (nfs4), where locks may not hold" in said
    assert "Keep it on a local disk, or use PostgreSQL" in said
    assert "network file system (nfs4)" in ok("store", "info", "--format", "text").out
    assert "network" not in ok("unit", "list").err


def test_a_store_on_a_local_disk_is_not_noted(store, ok):
    assert "network" not in ok("unit", "add", "杭州分行", "--kind", "operating").err
    assert "network" not in ok("store", "info", "--format", "text").out


def test_a_clock_set_back_is_noted_and_the_order_stays_that_of_the_entries(store, ok, monkeypatch):
    ok("client", "add", "1", "--name", "甲")
    monkeypatch.setenv("CM_NOW", "2016-03-01T01:00:00Z")
    said = ok("client", "add", "2", "--name", "乙")
    assert (
        "Note: The clock says 2016-03-01T01:00:00Z,"
        " and the last entry was written at 2016-04-01T01:00:00Z" in said.err
    )
    assert "Note" not in ok("client", "add", "3", "--name", "丙").err
    assert [n for (n,) in rows(store, "SELECT number FROM entry ORDER BY number")] == [1, 2, 3, 4]
    listed = json.loads(ok("journal", "list", "--json").out)
    assert [row["entry"] for row in listed] == [4, 3, 2, 1]
    assert "4, 2016-03-01T01:00:00Z" in ok("store", "info", "--format", "text").out
    assert ok("undo").err.startswith("Entry 4 (")
    ok("journal", "verify")
    ok("store", "check")


def test_the_clock_of_a_dry_run_is_noted_too(store, ok, monkeypatch):
    monkeypatch.setenv("CM_NOW", "2016-03-31T00:00:00Z")
    assert "Note: The clock says" in ok("client", "add", "2", "--name", "乙", "--dry-run").err
