"""The sessions of ``examples/`` answer today what their pages say; every command is in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import catalogue
import pytest
import sessions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def example_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sessions") / "example.db"
    sessions.build(place)
    return place


@pytest.mark.parametrize("path", sessions.PAGES, ids=lambda path: path.stem)
def test_a_session_answers_what_its_page_says(path, tmp_path, example_store):
    one = sessions.page(path)
    store = example_store if one.store == "example" else None
    assert sessions.replayed(one, tmp_path, store) == one.text


def test_every_command_is_in_a_session():
    used = [line for path in sessions.PAGES for line in sessions.commands(sessions.page(path).text)]
    paths = [path for path, command in catalogue.commands() if not hasattr(command, "commands")]
    missing = [path for path in paths if not any(line.startswith(f"cm {path}") for line in used)]
    assert missing == ["demo", "version"]  # one is all of them, the other differs by machine
