"""A store on a PostgreSQL server: roles, the journal nobody changes, moving there and back."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pgserver
import psycopg
import pytest
from conftest import ROOT, edit, rows

from cm_cli.store.schema import TABLES

LOG = ("visit", "log", "000625", "--manager", "M39", "--mode", "door")


@pytest.fixture
def shared(server, full_server, monkeypatch, request):
    """Return address and socket folder of a server's store with the whole example in it."""
    from conftest import _database

    for url in _database(server, full_server, monkeypatch):
        yield url, server


@pytest.fixture
def people(shared, ok):
    """Give three logins a role each; returns the address of the store for a login."""
    url, folder = shared
    name = url.split("///")[1].split("?")[0]
    logins = [f"{name}_{who}" for who in ("clerk", "head", "auditor")]
    for login in logins:
        pgserver.ask(folder, f"CREATE ROLE {login} LOGIN")
    words = [
        word for login in logins for word in ("--grant", f"{login.rpartition('_')[2]}={login}")
    ]
    ok("store", "roles", *words)
    yield lambda who: pgserver.address(folder, name, f"{name}_{who}")
    pgserver.edit(
        url,
        tuple(
            f"DROP OWNED BY {each}; DROP ROLE {each}"
            for each in (*logins, *(f"cm_{name}_{r}" for r in ("clerk", "head", "auditor")))
        ),
    )


def test_a_clerk_writes_records_but_no_decisions(people, ok, cm, monkeypatch):
    monkeypatch.setenv("CM_DB", people("clerk"))
    ok(*LOG)
    ok("client", "set", "000625", "--note", "重点")
    ok("undo")
    ok("appraise", "run", "--quarter", "2016Q1", "--manager", "M10")
    said = cm("appraise", "decide", "M10", "competent", "--quarter", "2016Q1", "--by", "行长")
    assert said.code == 73
    assert "only a head decides an appraisal" in said.err
    assert cm("regulation", "use", "abc-2001", "--on", "2017-01-01").code == 73
    assert rows(people("clerk"), "SELECT DISTINCT state FROM appraisal") == [("proposed",)]
    ok("journal", "verify")


def test_a_head_decides(people, ok, cm, monkeypatch):
    monkeypatch.setenv("CM_DB", people("head"))
    ok("appraise", "decide", "M10", "competent", "--quarter", "2016Q1", "--by", "行长")
    monkeypatch.setenv("CM_DB", people("clerk"))
    last = rows(people("clerk"), "SELECT max(number) FROM entry")[0][0]
    assert cm("undo", str(last)).code == 73
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(people("clerk"), "UPDATE appraisal SET total = '100' WHERE manager = 'M10'")
    ok("journal", "verify")


def test_an_auditor_only_reads(people, ok, cm, monkeypatch):
    monkeypatch.setenv("CM_DB", people("auditor"))
    assert "长安汽车" in ok("client", "show", "000625").out
    ok("report", "appraisal", "--quarter", "2016Q1", "--json")
    ok("client", "list", "--known-at", "4", "--limit", "3")
    ok("journal", "verify")
    said = cm(*LOG)
    assert said.code == 73
    assert "Your role may not do this" in said.err


@pytest.mark.parametrize("who", ["clerk", "head", "auditor"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {t} SET {c} = {c}", "DELETE FROM {t}", "TRUNCATE {t}", "DROP TABLE {t}",
        "ALTER TABLE {t} DISABLE TRIGGER ALL", "SET session_replication_role = replica",
        "ALTER TABLE {t} OWNER TO CURRENT_USER", "CREATE OR REPLACE FUNCTION cm.guard_decisions() RETURNS trigger LANGUAGE sql AS ''",
    ],
)  # fmt: skip
def test_nobody_changes_the_journal(people, who, statement):
    for table, column in (("entry", "command"), ("history", "content")):
        with pytest.raises(psycopg.errors.Error, match=r"denied|must be (able|owner)"):
            rows(people(who), statement.format(t=table, c=column))


def test_who_has_no_role_is_told_so(people, cm, monkeypatch, shared):
    url, folder = shared
    name = url.split("///")[1].split("?")[0]
    pgserver.ask(folder, f"CREATE ROLE {name}_nobody LOGIN")
    monkeypatch.setenv("CM_DB", pgserver.address(folder, name, f"{name}_nobody"))
    said = cm("client", "list")
    assert said.code == 78
    assert "cm store roles --grant" in said.err
    pgserver.ask(folder, f"DROP ROLE {name}_nobody")


def test_roles_are_shown_given_and_taken(people, ok, cm, shared):
    url, _folder = shared
    name = url.split("///")[1].split("?")[0]
    held = {row["role"]: row["members"] for row in json.loads(ok("store", "roles", "--json").out)}
    assert held == {who: f"{name}_{who}" for who in ("clerk", "head", "auditor")}
    ok("store", "roles", "--grant", f"head={name}_clerk", "--revoke", f"auditor={name}_auditor")
    held = {row["role"]: row["members"] for row in json.loads(ok("store", "roles", "--json").out)}
    assert held == {"clerk": "", "head": f"{name}_clerk, {name}_head", "auditor": ""}
    assert cm("store", "roles", "--grant", "clerk=nobody-here").code == 2
    assert cm("store", "roles", "--grant", "king=x").code == 2
    assert cm("store", "roles", "--db", "x.db").code == 2


def test_a_store_moves_to_a_server_and_back_and_is_equal(example, database, ok, cm, tmp_path):
    file = {"CM_DB": str(example)}
    before = {name: rows(example, f"SELECT id, digest FROM {name} ORDER BY id") for name in TABLES}
    said = ok("store", "move", "--db", file["CM_DB"], "--to", database)
    head = rows(example, "SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1")[0]
    assert f"up to entry {head[0]}, {head[1]}" in said.err
    for name, expected in before.items():
        assert rows(database, f"SELECT id, digest FROM {name} ORDER BY id") == expected
    assert (
        ok("client", "list", "--sort", "-assets").out
        == ok("client", "list", "--sort", "-assets", "--db", example).out
    )
    said = cm(*LOG, "--db", example)
    assert said.code == 78
    assert "has moved to" in said.err
    ok("client", "show", "000625", "--db", example)
    ok(*LOG)
    back = tmp_path / "back.db"
    ok("store", "move", "--to", back)
    assert rows(back, "SELECT max(number) FROM entry") == [(head[0] + 1,)]
    ok("store", "check", "--db", back)
    ok("client", "add", "9", "--name", "甲", "--db", back)
    assert cm(*LOG).code == 78


def test_a_move_that_is_not_equal_leaves_nothing_behind(example, database, cm):
    edit(example, "UPDATE client SET name = '改' WHERE code = '000625'")
    said = cm("store", "move", "--db", example, "--to", database)
    assert said.code == 65
    assert "client 000625" in said.err
    assert rows(database, "SELECT to_regclass('cm.client')") == [(None,)]
    assert rows(example, "SELECT * FROM setting WHERE name = 'moved_to'") == []


def test_a_place_that_is_taken_is_left(example, shared, cm, tmp_path):
    url, _folder = shared
    before = rows(url, "SELECT hash FROM entry")
    assert cm("store", "move", "--db", example, "--to", url).code == 73
    assert rows(url, "SELECT hash FROM entry") == before
    assert cm("store", "move", "--db", url, "--to", str(example)).code == 73


def test_both_engines_give_the_same_bytes(example, shared, ok):
    url, _folder = shared
    for words in (
        ("client", "list", "--sort", "name"),
        ("client", "list", "--sort", "-last_visit", "--sort", "assets"),
        ("manager", "list", "--json"),
        ("report", "appraisal", "--quarter", "2016Q1", "--json"),
        ("report", "visits", "--quarter", "2016Q1", "--format", "csv"),
        ("diary", "gaps", "--count", "--quarter", "2016Q1"),
        ("appraise", "explain", "M10", "--quarter", "2016Q1"),
        ("assign", "plan"),
        ("client", "find", "zhongguo"),
        ("visit", "list", "--known-at", "8", "--limit", "20"),
    ):
        file = ok(*words, "--db", example)
        other = ok(*words, "--db", url)
        assert (file.out, file.err) == (other.out, other.err), words


def test_a_password_is_never_on_the_command_line(cm, monkeypatch, shared, ok):
    said = cm("client", "list", "--db", "postgresql://li:geheim@localhost/bank")
    assert said.code == 2
    assert "geheim" not in said.err
    assert "PGPASSWORD" in said.err
    said = cm("client", "list", "--db", "postgresql://localhost/bank?password=geheim")
    assert said.code == 2
    url, _folder = shared
    monkeypatch.setenv("CM_DB", url + "&password=geheim")
    assert "geheim" not in ok("store", "info").out
    assert "geheim" not in ok("version").out


def test_a_server_that_is_not_there_is_said_so(cm):
    said = cm("client", "list", "--db", "postgresql://127.0.0.1:1/bank")
    assert said.code == 75
    assert "The server cannot be reached" in said.err


def test_a_database_without_a_store_is_said_so(database, cm):
    said = cm("client", "list")
    assert said.code == 66
    assert "cm init" in said.err


def test_a_writer_waits_for_another_and_readers_do_not(shared, ok, cm, monkeypatch):
    url, _folder = shared
    monkeypatch.setattr(
        "cm_cli.store.connection.writing.__wrapped__.__kwdefaults__", {"wait": 0.3}, raising=False
    )
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (0x636D,))
        assert "长安汽车" in ok("client", "show", "000625").out
        said = cm(*LOG)
        assert said.code == 75
        assert "Nothing was changed" in said.err
        release = threading.Timer(0.1, other.rollback)
        release.start()
        ok(*LOG)
        release.join()


def test_a_backup_of_a_server_is_a_store_in_a_file(shared, ok, cm, tmp_path):
    url, _folder = shared
    ok("store", "backup", tmp_path / "b.db")
    assert rows(tmp_path / "b.db", "SELECT hash FROM entry ORDER BY number") == rows(
        url, "SELECT hash FROM entry ORDER BY number"
    )
    ok("store", "check", "--db", tmp_path / "b.db")
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o600


def test_roles_outlive_a_restore(people, ok, cm, shared, monkeypatch, tmp_path):
    ok("store", "backup", tmp_path / "b.db")
    ok("store", "restore", tmp_path / "b.db")
    monkeypatch.setenv("CM_DB", people("auditor"))
    ok("client", "list", "--limit", "1")
    assert cm(*LOG).code == 73


def test_the_words_of_sqlite_are_understood_by_the_server():
    from cm_cli.store.server import translated

    assert translated("SELECT 'a?%:b' FROM t WHERE a = ? AND b LIKE :b ESCAPE '!'") == (
        "SELECT 'a?%%:b' FROM t WHERE a = %s AND b ILIKE %(b)s ESCAPE '!'"
    )
    assert translated("SELECT x::jsonb, :n") == "SELECT x::jsonb, %(n)s"


def test_of_two_inits_at_once_one_makes_the_store_and_the_other_leaves_it(database):
    with psycopg.connect(database) as first:
        first.execute("SELECT pg_advisory_xact_lock(%s)", (0x636D,))
        second = subprocess.Popen(
            [sys.executable, "-m", "cm_cli", "init", "-q"], cwd=ROOT, stderr=subprocess.PIPE
        )
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while second.poll() is None and not rows(database, waits)[0][0]:
            time.sleep(0.05)
        first.execute("CREATE SCHEMA cm")
        first.execute("CREATE TABLE cm.alembic_version AS SELECT '4' AS version_num")
        first.execute("CREATE TABLE cm.client AS SELECT '000625' AS code")
        first.commit()
    said = second.communicate()[1].decode()
    assert second.returncode == 73, said
    assert "exists already and is left as it is" in said
    assert rows(database, "SELECT code FROM cm.client") == [("000625",)]


def test_an_init_that_fails_leaves_nothing_and_takes_nothing_away(database, cm, ok, monkeypatch):
    edit(database, "CREATE SCHEMA cm")
    from cm_cli.store.journal import Writer

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "finish", None)
        assert cm("init").code == 70
    assert rows(database, "SELECT to_regclass('cm.client')") == [(None,)]
    assert rows(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'cm'") == [(1,)]
    edit(database, "CREATE TABLE cm.client (code text)")
    assert cm("init").code == 73
    edit(database, "DROP TABLE cm.client")
    ok("init")
    ok("store", "check")


@pytest.mark.parametrize("content", ["[1]", "x", '{"assets":"viel"}', '{"assets":1.5}'])
def test_damaged_history_on_a_server_is_said_to_be_damage(shared, ok, cm, content):
    url, _folder = shared
    ok("client", "set", "000625", "--note", "重点")
    last = rows(url, "SELECT max(number) FROM entry")[0][0]
    edit(url, f"UPDATE history SET content = '{content}' WHERE until = {last}")
    said = cm("client", "list", "--known-at", str(last - 1))
    assert said.code == 65
    assert "is damaged or not a store" in said.err
    assert "viel" not in said.err
    assert "The history of client" in cm("journal", "verify").err
