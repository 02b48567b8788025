"""Who may do what in a store on a server: a clerk, a head, an auditor.

A role is a group of the database, named after it (``cm_bank_clerk``); people get it through the
login the database knows them by. The journal can be added to by those who write and changed by
nobody: neither role may update or delete an entry or a row of the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.register import kinds
from cm_cli.errors import CmError, Exit
from cm_cli.language import _

if TYPE_CHECKING:
    from cm_cli.store.engine import Connection

ROLES = ("clerk", "head", "auditor")
_JOURNAL = ("entry", "history")
_RULES = frozenset({"regulation", "rulebook"})  # kinds only a head may write
_GUARD = """
CREATE OR REPLACE FUNCTION cm.guard_decisions() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  IF (TG_OP <> 'INSERT' AND OLD.state = 'decided' OR TG_OP <> 'DELETE' AND NEW.state = 'decided')
     AND NOT pg_has_role(current_user, '{head}', 'USAGE')
     AND NOT pg_has_role(current_user, '{owner}', 'USAGE') THEN
    RAISE EXCEPTION 'only a head decides an appraisal' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $guard$
"""


class Holding(NamedTuple):
    """A role of this store: its group in the database, and the logins that have it."""

    role: str
    group: str
    members: tuple[str, ...]


def holdings(connection: Connection) -> list[Holding]:
    """Return the roles of the store, those set up, with the logins that have them."""
    found = []
    for role in ROLES:
        group = group_of(connection, role)
        if not _known(connection, group):
            continue
        members = connection.execute(
            "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid"
            " JOIN pg_roles m ON m.oid = a.member WHERE g.rolname = ? ORDER BY m.rolname",
            (group,),
        ).fetchall()
        found.append(Holding(role, group, tuple(sorted({name for (name,) in members}))))
    return found


def group_of(connection: Connection, role: str) -> str:
    """Return the name of a role's group in the database."""
    database = connection.execute("SELECT current_database()").fetchone()[0]
    return f"cm_{database}_{role}"


def set_up(connection: Connection) -> None:
    """Make the groups that are not there, and grant each what it may do."""
    for role in ROLES:
        group = group_of(connection, role)
        if not _known(connection, group):
            connection.execute(f"CREATE ROLE {_quoted(group)} NOLOGIN")
    grant_again(connection)


def grant_again(connection: Connection) -> None:
    """Grant the groups that exist what they may do: after set-up, a restore or a migration."""
    groups = {role: group_of(connection, role) for role in ROLES}
    if not all(_known(connection, group) for group in groups.values()):
        return
    for role, group in groups.items():
        name = _quoted(group)
        connection.execute(f"GRANT USAGE ON SCHEMA cm TO {name}")
        connection.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA cm FROM {name}")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA cm TO {name}")
        if role == "auditor":
            continue
        for table in _JOURNAL:
            connection.execute(f"GRANT INSERT ON cm.{table} TO {name}")
        for kind in kinds():
            if role == "head" or kind.name not in _RULES:
                connection.execute(f"GRANT INSERT, UPDATE, DELETE ON cm.{kind.name} TO {name}")
    _guard(connection, groups["head"])


def _guard(connection: Connection, head: str) -> None:
    """Let the database itself refuse a clerk's decision of an appraisal."""
    owner = connection.execute(
        "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'cm'"
    ).fetchone()[0]
    text = _GUARD.format(head=head.replace("'", "''"), owner=owner.replace("'", "''"))
    connection.script(text)  # type: ignore[attr-defined]
    connection.execute("DROP TRIGGER IF EXISTS guard_decisions ON cm.appraisal")
    connection.execute(
        "CREATE TRIGGER guard_decisions BEFORE INSERT OR UPDATE OR DELETE ON cm.appraisal"
        " FOR EACH ROW EXECUTE FUNCTION cm.guard_decisions()"
    )


def give(connection: Connection, role: str, login: str) -> None:
    """Give a login a role; it loses the other ones, so that nobody is clerk and head at once."""
    _must_be_login(connection, login)
    for other in ROLES:
        if other != role:
            take(connection, other, login)
    connection.execute(f"GRANT {_quoted(group_of(connection, role))} TO {_quoted(login)}")


def take(connection: Connection, role: str, login: str) -> None:
    """Take a role from a login, which may not have had it."""
    _must_be_login(connection, login)
    if login in next(each.members for each in holdings(connection) if each.role == role):
        connection.execute(f"REVOKE {_quoted(group_of(connection, role))} FROM {_quoted(login)}")


def _must_be_login(connection: Connection, login: str) -> None:
    if not _known(connection, login):
        raise CmError(
            _("The server knows no login “{login}”").format(login=login),
            mend=_("Let its administrator make one: CREATE ROLE name LOGIN."),
            slug="no-login",
            code=Exit.USAGE,
        )


def _known(connection: Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (name,))
    return found.fetchone() is not None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
