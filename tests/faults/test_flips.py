"""Damage on the disk: found by the check, or without effect on anything readable (flips.py)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import flips
import office
import pytest


@pytest.fixture
def whole(stages, tmp_path):
    """Return a store of one file, without a write-ahead log beside it."""
    copy = tmp_path / "whole.db"
    with (
        closing(sqlite3.connect(stages["appraised"] / office.STORE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


@pytest.mark.parametrize(("sort", "number"), [("bit", 20), ("sector", 10)])
def test_damage_is_found_or_changes_nothing_and_gives_no_traceback(whole, ward, sort, number):
    office.here("store", "check", "--db", str(whole))
    seen = flips.harm(whole, ward, number, 7, sort)
    assert seen.failures == []
    assert seen.counts["found"] >= number * 0.3


def test_bytes_where_a_text_was_are_a_finding(stages, ward, monkeypatch):
    """One bit in the head of a row makes a text a row of bytes, which no statement can write."""
    office.fresh(stages["assigned"], ward / "work")
    store = ward / "work" / office.STORE
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')")
        connection.commit()
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE client SET name = CAST(name AS BLOB) WHERE code = 'C0001'")
        connection.execute("UPDATE entry SET operator = CAST(operator AS BLOB) WHERE number = 2")
    code, said = office.answered(ward / "work", "store", "check")
    assert code == 1, said
    assert "client C0001 (#2) was changed outside the program" in said
    assert "Entry 2 was changed outside the program" in said


def test_a_declaration_changed_by_another_program_is_found(whole, ward):
    with closing(sqlite3.connect(whole)) as connection, connection:
        connection.execute("DROP INDEX ix_history_until")
        connection.execute("CREATE TABLE more (x)")
    office.fresh(ward, ward / "work")
    code, said = office.answered(ward / "work", "store", "check", "--db", str(whole))
    assert code == 1
    assert "The schema lacks index ix_history_until" in said
    assert "The schema has table more, which does not belong there" in said
