"""What tests share: the program as its user runs it, on real stores made of the example data."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pgserver
import pytest

from cm_cli import language
from cm_cli.cli.app import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "listed-companies"
NOW = "2016-04-01T01:00:00Z"


@dataclass(frozen=True)
class Said:
    """What one command line answered."""

    code: int
    out: str
    err: str


_NUMBERS = itertools.count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test of a command that has a store on both engines, but those about the file."""
    if "engine" in metafunc.fixturenames and metafunc.definition.path.parent.name == "cli":
        about_file = metafunc.definition.get_closest_marker("file_only")
        engines = ["file"] if about_file else ["file", "server"]
        metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(autouse=True)
def _quiet_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test depends on the day, the language, the login or the home of who runs it."""
    for name in ("CM_DB", "CM_DEBUG", "LANGUAGE", "LC_ALL", "LANG", "CM_OPERATOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CM_LANG", "en")
    monkeypatch.setenv("CM_TODAY", "2016-04-01")
    monkeypatch.setenv("CM_NOW", NOW)
    monkeypatch.setenv("CM_OPERATOR", "clerk")
    monkeypatch.setenv("CM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("CM_DB", str(tmp_path / "cm.db"))
    yield
    language.use("en")


@pytest.fixture
def cm(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run one command line in this process."""

    def call(*words: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def ok(cm: Callable[..., Said]) -> Callable[..., Said]:
    """Run one command line that has to succeed."""

    def call(*words: str | Path) -> Said:
        said = cm(*words)
        assert said.code == 0, said.err
        return said

    return call


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new store that works by abc-2001. Do not write."""
    place = tmp_path_factory.mktemp("new") / "cm.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CM_LANG", "en")
        patch.setenv("CM_NOW", NOW)
        patch.setenv("CM_OPERATOR", "clerk")
        assert run(["init", "--db", str(place), "--on", "2016-04-01", "-q"]) == 0
    return place


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Return the engine of the test's store: a file, or (in ``tests/cli``) a server as well."""
    return getattr(request, "param", "file")


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """Return the folder of the socket of a PostgreSQL server that lives as long as the tests."""
    with pgserver.running() as folder:
        yield folder


@pytest.fixture
def database(server: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of an empty database of the test's own, named by CM_DB too."""
    yield from _database(server, "template1", monkeypatch)


def _database(server: Path, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = f"t{next(_NUMBERS)}"
    pgserver.ask(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    monkeypatch.setenv("CM_DB", pgserver.address(server, name))
    yield pgserver.address(server, name)
    pgserver.ask(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(
    engine: str,
    new_store: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path | str]:
    """Return a new store of the test's own."""
    if engine == "file":
        shutil.copyfile(new_store, tmp_path / "cm.db")
        (tmp_path / "cm.db").chmod(0o600)
        yield tmp_path / "cm.db"
    else:
        template = request.getfixturevalue("new_server")
        yield from _database(request.getfixturevalue("server"), template, monkeypatch)


@pytest.fixture(scope="session")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the whole example in it: imported, assigned, appraised. Do not write."""
    place = tmp_path_factory.mktemp("full") / "full.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CM_LANG", "en")
        patch.setenv("CM_NOW", NOW)
        patch.setenv("CM_OPERATOR", "clerk")
        january = ["--db", str(place), "--on", "2016-01-04", "-q"]
        april = ["--db", str(place), "--on", "2016-04-01", "-q"]
        lines = [
            ["init", *january],
            *(["import", k, str(EXAMPLE / f), *january] for k, f in STAFF),
            ["assign", "apply", *january],
            *(["import", k, str(EXAMPLE / f"{k}.csv"), *april] for k in QUARTER),
            ["appraise", "run", "--quarter", "2016Q1", *april],
        ]
        for line in lines:
            assert run(line) == 0, line
    return place


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return folders with a small store at several stages, for commands that are to be hurt."""
    import office

    with pytest.MonkeyPatch.context() as patch:
        for name, value in office.BASE.items():
            patch.setenv(name, value)
        folder = tmp_path_factory.mktemp("stages")
        patch.chdir(folder)
        made: dict[str, Path] = office.templates(folder / "templates", 20)
    return made


@pytest.fixture
def ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, in the world the stages were made in."""
    import office

    for name, value in office.BASE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COLUMNS")
    monkeypatch.chdir(tmp_path)
    return tmp_path


STAFF = (("units", "units.csv"), ("managers", "managers.csv"), ("clients", "clients.xlsx"))
QUARTER = ("leaves", "visits", "diaries", "results", "scores", "merits")


@pytest.fixture(scope="session")
def new_server(server: Path) -> str:
    """Return the name of a database with a new store in it, to be copied."""
    pgserver.ask(server, "CREATE DATABASE new_example")
    url = pgserver.address(server, "new_example")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CM_NOW", NOW)
        patch.setenv("CM_OPERATOR", "clerk")
        assert run(["init", "--db", url, "--on", "2016-04-01", "-q"]) == 0
    return "new_example"


@pytest.fixture(scope="session")
def full_server(full_store: Path, server: Path) -> str:
    """Return the name of a database with the whole example in it, to be copied."""
    pgserver.ask(server, "CREATE DATABASE full_example")
    url = pgserver.address(server, "full_example")
    assert run(["store", "restore", str(full_store), "--db", url, "-q"]) == 0
    return "full_example"


@pytest.fixture
def example(
    engine: str,
    full_store: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path | str]:
    """Return a copy of the full store, the place the test's commands work on."""
    if engine == "file":
        yield _copied(full_store, tmp_path)
    else:
        template = request.getfixturevalue("full_server")
        yield from _database(request.getfixturevalue("server"), template, monkeypatch)


def _copied(full_store: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "cm.db"
    with closing(sqlite3.connect(full_store)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(0o600)
    return copy


@pytest.fixture
def in_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder that has the examples, as a newcomer's checkout has."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(place: Path | str, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the store itself, behind the program's back."""
    if isinstance(place, str):
        return pgserver.rows(place, sql, values)
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(sql, values).fetchall()


def edit(place: Path | str, *statements: str) -> None:
    """Change the store with a plain shell of its engine."""
    if isinstance(place, str):
        pgserver.edit(place, statements)
        return
    with closing(sqlite3.connect(place)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def columns(place: Path | str, table: str) -> list[str]:
    """Return the names of the columns of a table."""
    if isinstance(place, str):
        sql = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'cm' AND table_name = ?"
        return [str(name) for (name,) in rows(place, f"{sql} ORDER BY ordinal_position", table)]
    return [str(row[1]) for row in rows(place, f"PRAGMA table_info({table})")]
