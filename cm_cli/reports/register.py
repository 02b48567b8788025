"""The register of reports: one module of this folder is one report.

A report has ``NAME``, ``SUMMARY``, ``fetch(connection, asked)`` and ``build(found, asked)``,
which returns the documents: an overview and one for each manager.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from datetime import date

    from cm_cli.domain.period import Period
    from cm_cli.domain.sheet import Document
    from cm_cli.store.engine import Connection

_NO_REPORT = frozenset({"__init__", "register"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: the period, the managers (none: all), the day of the data."""

    period: Period
    managers: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Built:
    """A report as documents: the overview, and one for each manager by code."""

    overview: Document
    sheets: dict[str, Document]


class Report(Protocol):
    """What a module of the register offers."""

    NAME: str
    SUMMARY: str

    def fetch(self, connection: Connection, asked: Asked, /) -> Any:
        """Read and work out what the report shows."""

    def build(self, found: Any, asked: Asked, /) -> Built:
        """Return the documents."""


def names() -> list[str]:
    """Return the names of all reports."""
    return sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_REPORT
    )


def report(name: str) -> Report:
    """Return the report of that name; raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("Report", import_module(f"cm_cli.reports.{name}"))
