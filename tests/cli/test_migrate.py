"""A store of an earlier schema is backed up, migrated and checked; or it is left as it was."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import first_store
import pytest
from conftest import columns, edit, rows

from cm_cli.errors import CmError
from cm_cli.store import migrate as migration
from cm_cli.store import schema
from cm_cli.store.place import SCHEMA, place_of

if TYPE_CHECKING:
    from pathlib import Path

VISIT = ("visit", "log", "1", "--manager", "M1", "--mode", "door")


def dump(place):
    """Return every object of the store's schema, as the engine wrote it down, and every row.

    A store of schema 1 has no rulebooks.
    """
    if isinstance(place, str):
        made = rows(
            place,
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'cm' ORDER BY 1, 2",
        )
    else:
        made = rows(place, "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")
    return made, [
        rows(place, f"SELECT * FROM {name} ORDER BY 1")
        for name in schema.TABLES
        if name != "rulebook"
    ]


@pytest.fixture
def old(store, ok, engine, tmp_path):
    """Return a store of schema 1 with records that refer to one another."""
    ok("client", "add", "1", "--name", "甲", "--assets", "120亿")
    ok("manager", "add", "M1", "--name", "经理", "--unit", "分行", "--grade", "senior")
    ok(*VISIT, "--follow-up", "再访", "--follow-up-on", "2016-05-01")
    (tmp_path / "leaves.csv").write_text("manager,first,last\nM1,2016-05-03,2016-05-04\n")
    ok("import", "leaves", tmp_path / "leaves.csv")
    if engine == "server":
        edit(store, *(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}_order" for table, column in
             (("diary", "inspected_on"), ("leave", "last"), ("visit", "follow_up_on"))),
             "ALTER TABLE client DROP COLUMN credit_code", "ALTER TABLE manager DROP COLUMN line",
             "DROP TABLE rulebook", "DROP INDEX uq_regulation_key",
             *(f"ALTER TABLE regulation DROP COLUMN {name}" for name in ("until", "unit", "line", "parents")),
             "ALTER TABLE regulation ADD CONSTRAINT uq_regulation_since UNIQUE (since)",
             "UPDATE alembic_version SET version_num = '1'")  # fmt: skip
        return store
    first_store.rebuilt(store)
    return store


def test_the_schema_made_at_once_is_the_one_the_migrations_lead_to(
    store, old, engine, tmp_path, ok
):
    ok("store", "migrate")
    if engine == "server":
        names = "SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE nspname = 'cm' AND contype = 'c' ORDER BY 1"
        made = str(rows(old, names))
        for name in ("ck_leave_last_order", "ck_regulation_until_order", "ck_rulebook_since"):
            assert name in made
        indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = 'cm' AND tablename IN ('regulation', 'rulebook') ORDER BY 1"
        assert rows(old, indexes) == [
            ("ix_regulation_entry",), ("ix_rulebook_entry",), ("pk_regulation",), ("pk_rulebook",),
            ("uq_regulation_key",), ("uq_rulebook_key",),
        ]  # fmt: skip
        return
    ok("init", "--db", tmp_path / "new.db")
    for name in [*schema.TABLES, "entry", "history", "setting", "alembic_version"]:
        for pragma in ("table_xinfo", "foreign_key_list", "index_list"):
            asked = f"PRAGMA {pragma}({name})"
            place = int(pragma == "table_xinfo")  # a column that was added stands last
            assert sorted(str(row[place:]) for row in rows(old, asked)) == sorted(
                str(row[place:]) for row in rows(tmp_path / "new.db", asked)
            )
    ok("store", "check")


@pytest.mark.parametrize("words", [("client", "list"), VISIT, ("store", "check")])
def test_any_command_brings_an_old_store_along_and_keeps_a_copy(old, engine, ok, words, tmp_path):
    before = rows(old, "SELECT hash FROM entry ORDER BY number")
    ok(*words, *(("--time", "10:00") if words is VISIT else ()))
    assert rows(old, "SELECT version_num FROM alembic_version") == [(str(SCHEMA),)]
    assert rows(old, "SELECT hash FROM entry ORDER BY number")[: len(before)] == before
    ok("journal", "verify")
    if engine == "server":
        assert rows(old, f"SELECT count(*) FROM cm_before_schema_{SCHEMA}.client") == [(1,)]
        return
    kept = tmp_path / f"cm.db.before-schema-{SCHEMA}"
    assert rows(kept, "PRAGMA user_version") == [(1,)]
    assert rows(kept, "SELECT name FROM client") == [("甲",)]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_new_schema_refuses_days_in_the_wrong_order(old, ok):
    ok("store", "migrate")
    with pytest.raises(Exception, match=r"(?i)check constraint|ck_leave_last_order"):
        edit(old, "UPDATE leave SET last = '2016-01-01'")


def test_a_dry_run_says_what_would_become(old, ok):
    before = dump(old)
    assert f"schema 1 would become {SCHEMA}" in ok("store", "migrate", "--dry-run").err
    assert dump(old) == before
    assert f"Schema 1 became {SCHEMA}" in ok("store", "migrate").err
    assert "has the present schema" in ok("store", "migrate").err


def test_what_the_new_schema_refuses_leaves_the_store_as_it_was(old, cm):
    edit(old, "UPDATE leave SET last = '2016-01-01'")
    before = dump(old)
    said = cm("client", "list")
    assert said.code == 65
    assert f"cannot be brought to schema {SCHEMA}" in said.err
    assert "It is as it was." in said.err
    assert dump(old) == before


def test_rows_changed_outside_stop_the_migration(old, cm):
    edit(old, "UPDATE client SET name = '改'")
    before = dump(old)
    said = cm("store", "migrate")
    assert said.code == 65
    assert "client 1 (#1) was changed outside" in said.err
    assert dump(old) == before


def scripts(folder: Path, body: str) -> str:
    """Write a folder of migrations of a test's own: the first one, then one that does this."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text(
        (first_store.FIRST.parent / "env.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (versions / "v1.py").write_text("revision = '1'\ndown_revision = None\n", encoding="utf-8")
    ours = "from cm_cli.store.migrations.versions import v0003_credit_code as v3, v0004_several_regulations as v4"
    text = f"from alembic import op\nimport sqlalchemy as sa\n{ours}\nrevision = '2'\ndown_revision = '1'\n\n\ndef upgrade():\n    v3.upgrade()\n    v4.upgrade()\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    (versions / "v2.py").write_text(text, encoding="utf-8")
    return str(versions.parent)


def test_a_step_that_fails_midway_leaves_no_half_of_it(old, tmp_path):
    before = dump(old)
    broken = scripts(tmp_path, """
        op.execute("CREATE TABLE half (id INTEGER)")
        op.add_column("client", sa.Column("half", sa.Text()))
        op.execute("UPDATE client SET half = 'x'")
        op.execute("SELECT broken FROM nowhere")
    """)  # fmt: skip
    with pytest.raises(CmError) as refused:
        migration.migrate(place_of(str(old)), scripts=broken)
    assert refused.value.slug == "not-migrated"
    assert "nowhere" in str(refused.value)
    assert dump(old) == before
    assert "half" not in columns(old, "client")


@pytest.mark.file_only
def test_making_a_table_anew_takes_none_of_the_rows_that_refer_to_it(old, ok, tmp_path):
    """Alembic's batch mode drops the old table; with references watched its children go too."""
    batch = scripts(tmp_path, """
        for table in ("manager", "client"):
            with op.batch_alter_table(table, recreate="always") as batch:
                batch.create_check_constraint(f"ck_{table}_name", "name <> ''")
    """)  # fmt: skip
    before = rows(old, "SELECT count(*) FROM visit")
    migration.migrate(place_of(str(old)), scripts=batch)
    assert rows(old, "SELECT count(*) FROM visit") == before == [(1,)]
    assert rows(old, "PRAGMA foreign_key_check") == []
    assert "ck_client_name" in str(rows(old, "SELECT sql FROM sqlite_master WHERE name = 'client'"))
    assert rows(old, "SELECT manager FROM leave") == [("M1",)]


def test_a_step_after_which_the_store_is_not_whole_is_taken_back(old, tmp_path):
    before = dump(old)
    losing = scripts(tmp_path, 'op.execute("DELETE FROM visit")\n')
    with pytest.raises(CmError) as refused:
        migration.migrate(place_of(str(old)), scripts=losing)
    assert any("visit" in found.what for found in refused.value.problems)
    assert dump(old) == before


@pytest.mark.file_only
def test_a_second_process_finds_the_store_migrated(old, ok):
    assert migration.migrate(place_of(str(old)))
    assert migration.migrate(place_of(str(old))) == ""


def test_an_old_store_takes_credit_codes_and_undoes_them(old, ok):
    ok("client", "set", "1", "--credit-code", "91350100M000100Y43")
    assert rows(old, "SELECT credit_code FROM client") == [("91350100M000100Y43",)]
    ok("store", "check")
    ok("journal", "verify")
    ok("undo")
    assert rows(old, "SELECT credit_code FROM client") == [(None,)]
    ok("journal", "verify")


def test_an_old_store_takes_several_regulations_and_undoes_them(old, ok):
    ok("regulation", "use", "abc-2001", "--since", "2016-05-01")
    edit(old, "UPDATE regulation SET unit = '分行' WHERE since = '2016-05-01'")
    ok("regulation", "use", "abc-2001", "--since", "2016-05-01")
    assert rows(old, "SELECT since, unit, line, until FROM regulation ORDER BY since, unit") in (
        [("2001-10-01", None, None, None), ("2016-05-01", None, None, None), ("2016-05-01", "分行", None, None)],
        [("2001-10-01", None, None, None), ("2016-05-01", "分行", None, None), ("2016-05-01", None, None, None)],
    )  # fmt: skip
    ok("undo")
    assert rows(old, "SELECT count(*) FROM regulation") == [(2,)]
    ok("manager", "set", "M1", "--line", "corporate")
    assert rows(old, "SELECT line FROM manager") == [("corporate",)]
    with pytest.raises(Exception, match=r"(?i)check constraint|ck_regulation_until_order"):
        edit(old, "UPDATE regulation SET until = '2000-01-01'")
