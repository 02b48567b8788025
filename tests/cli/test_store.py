"""Backups are proved before they count, made while others write; restore keeps what was there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import edit, rows

ROOT = Path(__file__).parents[2]


def test_a_backup_is_the_store_whole_and_private(example, ok, cm, tmp_path):
    said = ok("store", "backup", tmp_path / "b.db")
    number, digest = rows(example, "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1")[0]
    assert f"up to entry {number}, {digest}" in said.err
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o600
    assert ok("client", "list").out == ok("client", "list", "--db", tmp_path / "b.db").out
    assert cm("store", "backup", tmp_path / "b.db").code == 73
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".cm-")] == []


def test_a_backup_may_be_named_without_its_folder(example, ok, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ok("store", "backup", "b.db")
    ok("store", "restore", "b.db")
    assert (tmp_path / "b.db").exists()


def test_a_damaged_store_gives_no_backup(example, cm, tmp_path):
    edit(example, "UPDATE client SET name = '改' WHERE code = '000625'")
    said = cm("store", "backup", tmp_path / "b.db")
    assert said.code == 65
    assert "client 000625" in said.err
    assert not (tmp_path / "b.db").exists()


def test_restore_brings_back_the_backup_and_keeps_what_was_there(example, ok, tmp_path):
    ok("store", "backup", tmp_path / "b.db")
    ok("client", "add", "9", "--name", "甲")
    ok("store", "restore", tmp_path / "b.db")
    assert rows(example, "SELECT count(*) FROM client") == [(2929,)]
    if isinstance(example, str):
        kept, table = example, "cm_before_restore_1.client"
    else:
        kept, table = tmp_path / "cm.db.before-restore-1", "client"
    assert rows(kept, f"SELECT count(*) FROM {table}") == [(2930,)]
    ok("store", "check")
    ok("client", "add", "9", "--name", "甲")


def test_restore_of_what_is_no_backup_leaves_the_store(example, cm, ok, tmp_path):
    (tmp_path / "x.db").write_text("nothing")
    before = rows(example, "SELECT hash FROM entry")
    assert cm("store", "restore", tmp_path / "x.db").code == 65
    assert cm("store", "restore", tmp_path / "none.db").code == 66
    assert rows(example, "SELECT hash FROM entry") == before
    ok("journal", "verify")


def test_backups_while_others_write_are_whole(example, ok, tmp_path):
    script = (
        "from cm_cli.cli.app import run\n"
        "for n in range(40): run(['unit', 'add', f'机构{n}', '--kind', 'operating', '-q'])\n"
    )
    env = {"CM_DB": str(example), "PYTHONPATH": str(ROOT), "CM_LANG": "en"}
    with subprocess.Popen([sys.executable, "-c", script], env=env) as writer:
        made = 0
        while writer.poll() is None or not made:
            ok("store", "backup", tmp_path / f"b{made}.db")
            made += 1
    assert rows(example, "SELECT count(*) FROM unit") == [(52,)]


def test_info_counts_the_records(example, ok):
    found = json.loads(ok("store", "info", "--json").out)
    counts = {row["kind"]: row["count"] for row in found["sheets"][0]["rows"]}
    assert counts["client"] == 2929
    assert counts["visit"] == 3186


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP INDEX ix_visit_client", "The schema lacks index ix_visit_client"),
        ("ALTER TABLE client ADD COLUMN extra TEXT", "has column client.extra, which does not"),
        ("CREATE INDEX mine ON client (name)", "has index mine, which does not belong there"),
    ],
)
def test_check_names_what_is_not_of_the_schema(example, cm, statement, words):
    edit(example, statement)
    said = cm("store", "check")
    assert said.code == 1
    assert words in said.err


@pytest.mark.file_only
def test_check_names_a_trigger_that_is_not_ours(example, cm):
    edit(example, "CREATE TRIGGER quiet AFTER UPDATE ON client BEGIN SELECT 1; END")
    assert "has trigger quiet" in cm("store", "check").err
    edit(example, "DROP TRIGGER quiet", "DELETE FROM alembic_version")
    assert "In the schema alembic_version is not what" in cm("store", "check").err


def test_a_whole_store_passes_the_check_in_silence(example, ok):
    said = ok("store", "check")
    assert said.out + said.err == ""
