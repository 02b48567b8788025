"""An encrypted store is a store like any other to who has its key, and noise to who has not."""

from __future__ import annotations

import shutil

import pytest
from conftest import rows

from cm_cli.usecases import batch

KEY = "甲乙丙丁'\"; 戊己"


@pytest.fixture
def key(tmp_path):
    """Return a file with a key, for its owner only."""
    file = tmp_path / "key.txt"
    file.write_text(KEY + "\n", encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def secret(tmp_path, ok, key, monkeypatch):
    """Return an encrypted store with a client in it; its key is named by CM_KEY_FILE."""
    monkeypatch.setenv("CM_KEY_FILE", str(key))
    ok("init")
    ok("client", "add", "1", "--name", "甲公司", "--phone", "13900000000")
    return tmp_path / "cm.db"


def test_nothing_can_be_read_without_the_key(secret, ok, cm, key, monkeypatch, tmp_path):
    assert "甲公司" in ok("client", "list").out
    for path in tmp_path.glob("cm.db*"):
        raw = path.read_bytes()
        assert "甲公司".encode() not in raw
        assert b"13900000000" not in raw
        assert b"SQLite format 3" not in raw
        assert path.stat().st_mode & 0o077 == 0
    monkeypatch.delenv("CM_KEY_FILE")
    said = cm("client", "list")
    assert said.code == 65
    assert "--key-file" in said.err
    other = tmp_path / "other.txt"
    other.write_text("x")
    other.chmod(0o600)
    said = cm("client", "list", "--key-file", other)
    assert said.code == 78
    assert "The key does not open" in said.err
    assert "甲公司" in ok("client", "list", "--key-file", key).out


def test_nothing_of_an_import_lies_beside_an_encrypted_store(secret, ok, tmp_path, monkeypatch):
    def beside():
        raise AssertionError("keys were written to a plain file")

    monkeypatch.setattr(batch, "Beside", beside)
    monkeypatch.setattr(batch, "MOST_HELD", 1)
    file = tmp_path / "clients.csv"
    file.write_text("code,name\n2,乙公司\n3,丙公司\n4,丁公司\n", encoding="utf-8")
    assert "3 new" in ok("import", "clients", file).err


def test_backups_are_encrypted_by_the_same_key(secret, ok, tmp_path):
    ok("store", "backup", tmp_path / "b.db")
    assert b"SQLite format 3" not in (tmp_path / "b.db").read_bytes()
    ok("client", "add", "2", "--name", "乙公司")
    ok("store", "restore", tmp_path / "b.db")
    assert "乙公司" not in ok("client", "list").out
    ok("store", "check")
    ok("undo")
    ok("client", "list", "--known-at", "2")


def test_a_plain_store_becomes_an_encrypted_one_and_back(store, ok, key, tmp_path):
    ok("client", "add", "1", "--name", "甲公司")
    ok("store", "move", "--to", tmp_path / "secret.db", "--to-key-file", key)
    assert b"SQLite format 3" not in (tmp_path / "secret.db").read_bytes()
    there = ("--db", tmp_path / "secret.db", "--key-file", key)
    assert "甲公司" in ok("client", "list", *there).out
    ok("store", "move", "--to", tmp_path / "plain.db", *there)
    assert rows(tmp_path / "plain.db", "SELECT name FROM client") == [("甲公司",)]


def test_a_raw_key_of_64_digits_is_taken_as_it_is(tmp_path, ok, monkeypatch):
    file = tmp_path / "raw.key"
    file.write_text("0123456789abcdef" * 4)
    file.chmod(0o600)
    monkeypatch.setenv("CM_KEY_FILE", str(file))
    ok("init")
    assert "abc-2001" in ok("store", "info").out


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _f: None, "No such file"),
        (lambda f: f.write_text(""), "it is empty"),
        (lambda f: (f.write_text("k"), f.chmod(0o644)), "chmod 600"),
        (lambda f: f.write_bytes(b"\xff\xfe"), "not text"),
    ],
)
def test_a_key_file_that_is_no_good_is_refused(cm, tmp_path, make, words):
    make(tmp_path / "k")
    said = cm("init", "--key-file", tmp_path / "k")
    assert said.code == 66
    assert words in said.err
    assert not (tmp_path / "cm.db").exists()


def test_a_damaged_page_of_an_encrypted_store_is_found(secret, cm):
    copy = secret.with_name("damaged.db")
    shutil.copyfile(secret, copy)
    raw = bytearray(copy.read_bytes())
    raw[3 * 4096 + 100] ^= 1
    copy.write_bytes(raw)
    copy.chmod(0o600)
    said = cm("store", "check", "--db", copy)
    assert said.code != 0
    assert "Traceback" not in said.err
