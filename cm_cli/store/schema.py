"""The tables, declared once for both engines; reading and writing rows is SQL text elsewhere.

Every kind of record has a table named after it: an ``id``, its fields, the journal ``entry``
that last wrote the row and the ``digest`` of its content. Importing this module is slow
(SQLModel); only making or changing a schema needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

from cm_cli.domain.quantities import Day
from cm_cli.domain.register import kinds

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

    from cm_cli.domain.kind import Field as KindField
    from cm_cli.domain.kind import Kind

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_STRICT = {"sqlite_strict": True}
NUMBER = BigInteger().with_variant(Integer(), "sqlite")
WORDS = Text().with_variant(Text(collation="C"), "postgresql")  # the order of SQLite, in any locale
VERSION = Table(  # where Alembic keeps the number of the schema
    "alembic_version",
    METADATA,
    Column("version_num", String(32), primary_key=True),
)


class Entry(SQLModel, table=True):
    """One writing command: who, when, why, how much, chained to the entry before it."""

    __tablename__ = "entry"
    __table_args__ = _STRICT
    number: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    moment: str = Field(sa_type=WORDS)
    operator: str = Field(sa_type=WORDS)
    host: str = Field(sa_type=WORDS)
    command: str = Field(sa_type=WORDS)
    reason: str = Field(sa_type=WORDS)
    counts: str = Field(sa_type=WORDS)
    undoes: int | None = Field(default=None, sa_type=NUMBER)
    rows_digest: str = Field(sa_type=WORDS)
    previous: str = Field(sa_type=WORDS)
    hash: str = Field(sa_type=WORDS)


class History(SQLModel, table=True):
    """A replaced or deleted row, and the span of entries for which it stood."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "until"), Index(None, "since"), _STRICT)
    kind: str = Field(sa_column=Column(WORDS, primary_key=True))
    row: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    since: int = Field(sa_column=Column(NUMBER, primary_key=True, autoincrement=False))
    until: int = Field(sa_type=NUMBER)
    digest: str = Field(sa_type=WORDS)
    content: str = Field(sa_type=WORDS)


class Setting(SQLModel, table=True):
    """A fact about the store itself, as the day it was made."""

    __tablename__ = "setting"
    __table_args__ = _STRICT
    name: str = Field(sa_column=Column(WORDS, primary_key=True))
    value: str = Field(sa_type=WORDS)


def _column(kind: Kind, field: KindField) -> Any:
    parts: list[Any] = [NUMBER if field.type.sql == "INTEGER" else WORDS]
    if field.refers:
        parts.append(ForeignKey(f"{field.refers}.code", deferrable=True, initially="DEFERRED"))
    alone = kind.key == (field.name,)
    return Column(*parts, nullable=not field.required, unique=alone or None)


def _constraints(kind: Kind) -> tuple[Any, ...]:
    """Return the key, an index for each reference, and checks that days are days, in order."""
    args: list[Any] = [Index(f"ix_{kind.name}_entry", "entry")]
    if len(kind.key) > 1:
        parts = [
            name if kind.field(name).required else text(f"coalesce({name}, '')")
            for name in kind.key
        ]
        args.append(Index(f"uq_{kind.name}_key", *parts, unique=True))
    args += [
        Index(f"ix_{kind.name}_{field.name}", field.name)
        for field in kind.fields
        if field.refers and kind.key[0] != field.name
    ]
    args += [
        CheckConstraint(f"{field.name} IS date({field.name}, '+0 days')", name=field.name).ddl_if(
            dialect="sqlite"
        )
        for field in kind.fields
        if isinstance(field.type, Day)
    ]
    args += [
        CheckConstraint(
            f"{field.name} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$'", name=field.name
        ).ddl_if(dialect="postgresql")
        for field in kind.fields
        if isinstance(field.type, Day)
    ]
    args += [
        CheckConstraint(f"{field.name} >= {field.not_before}", name=f"{field.name}_order")
        for field in kind.fields
        if field.not_before
    ]
    return (*args, _STRICT)


def table_of(kind: Kind) -> type[SQLModel]:
    """Make the table class of a kind."""
    hints: dict[str, Any] = {"id": int | None}
    body: dict[str, Any] = {
        "__module__": __name__,
        "__tablename__": kind.name,
        "__table_args__": _constraints(kind),
        "id": Field(default=None, sa_column=Column(NUMBER, primary_key=True, autoincrement=False)),
    }
    for field in kind.fields:
        number = field.type.sql == "INTEGER"
        hints[field.name] = (int if number else str) | None
        body[field.name] = Field(default=None, sa_column=_column(kind, field))
    hints |= {"entry": int, "digest": str}
    body["entry"] = Field(sa_type=NUMBER)
    body["digest"] = Field(sa_type=WORDS)
    metaclass: Any = type(SQLModel)
    made: type[SQLModel] = metaclass(
        kind.name.title(), (SQLModel,), {**body, "__annotations__": hints}, table=True
    )
    return made


TABLES = {kind.name: table_of(kind) for kind in kinds()}


def statements(dialect: Dialect) -> list[str]:
    """Return the SQL that makes an empty store on that engine."""
    made: list[str] = []
    for table in METADATA.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        made += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return made


def sqlite_statements() -> list[str]:
    """Return the SQL that makes an empty SQLite store."""
    from sqlalchemy.dialects import sqlite

    return statements(sqlite.dialect())


def server_statements() -> list[str]:
    """Return the SQL that makes an empty store on a PostgreSQL server."""
    from sqlalchemy.dialects import postgresql

    return statements(postgresql.dialect())  # type: ignore[no-untyped-call]
