"""Classes of clients as a clerk deals with them: proposed, taken over, given by hand (C28).

A class somebody gave by hand stands until it is taken back: the rule does not touch it, and what
the rule would say is shown beside it. Which of the two it is can be read from the reason: that of
a rule begins with the measure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from cm_cli.domain.classes import classifier, thresholds
from cm_cli.domain.fields import BadValueError, Context, nearest
from cm_cli.domain.records.classification import BY_HAND
from cm_cli.domain.register import kind as kind_of
from cm_cli.domain.sheet import Column, Sheet
from cm_cli.errors import CmError, Exit, Problem
from cm_cli.language import _, n_, pick
from cm_cli.store import classes as store
from cm_cli.store import query
from cm_cli.store.connection import reading
from cm_cli.store.regulations import in_force
from cm_cli.usecases.classing import Bands, by_hand, classify_by, put, ruled
from cm_cli.usecases.clerk import Clerk, Outcome, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from cm_cli.domain.classes import ClassDecision
    from cm_cli.domain.regulation.schema import Band, Regulation, Scheme
    from cm_cli.domain.sheet import Cell
    from cm_cli.store.engine import Connection


class Verdict(NamedTuple):
    """What the rule says of a client beside the class on record."""

    client: str
    current: store.Span | None
    decision: ClassDecision
    written: str  # the reason as it is kept

    @property
    def differs(self) -> bool:
        """Whether the rule says another class than the one on record."""
        return self.decision.code != (self.current.grade if self.current else "")


def _verdicts(
    connection: Connection, scheme: Scheme, codes: Sequence[str] | None, day: date
) -> Iterator[Verdict]:
    """Yield what the rule says of these clients, or of all."""
    decide, bands = classifier(scheme), Bands(thresholds(scheme))
    if codes is None:
        codes = sorted(query.codes(connection, "client"))
    for values in store.measured(connection, scheme.measure, codes, 0):
        current = store.standing(connection, scheme.code, day, [code for code, _v in values])
        for code, value in values:
            decision = decide(None if value is None else Decimal(value) / 100)
            written = bands.reason(value, decision.code)
            yield Verdict(code, current.get(code), decision, written)


def apply(clerk: Clerk, word: str) -> Outcome:
    """Take over what the rules say of all clients, as one batch that can be undone."""
    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        schemes = _schemes(in_force(writer.connection, clerk.today).rules(), word)
        codes = sorted(query.codes(writer.connection, "client"))
        for scheme in schemes:
            classify_by(writer, thresholds(scheme), codes, clerk.today)
        kept = [v for _s, v in _all(writer.connection, schemes, clerk.today) if v.differs]
        if kept:
            what = n_(
                "{count} class given by hand differs from the rule and stays",
                "{count} classes given by hand differ from the rule and stay",
                len(kept),
            ).format(count=len(kept))
            mend = _("See them with: cm client classify --propose.")
            outcome.notes = [Problem("given-by-hand", what, mend=mend, note=True)]
    return outcome


def _all(
    connection: Connection, schemes: Sequence[Scheme], day: date
) -> Iterator[tuple[Scheme, Verdict]]:
    for scheme in schemes:
        for verdict in _verdicts(connection, scheme, None, day):
            yield scheme, verdict


def propose(clerk: Clerk, word: str) -> Sheet:
    """Return where the rules say another class than the one on record; nothing is written."""
    with reading(clerk.place, clerk.known_at) as connection:
        schemes = _schemes(in_force(connection, clerk.today).rules(), word)
        names = dict(query.codes_and_names(connection, "client"))
        found = [(s, v) for s, v in _all(connection, schemes, clerk.today) if v.differs]
    rows: list[tuple[Cell, ...]] = [
        (
            v.client, names[v.client], s.code, v.current.grade if v.current else None,
            v.decision.code or None, v.decision.reason,
            v.decision.article or s.article or _("chosen"), by_hand(s, v.current),
            v.current.reason.removeprefix(BY_HAND) if v.current else None,
        )
        for s, v in found
    ]  # fmt: skip
    columns = (
        Column("client", _("Client"), "code"),
        Column("name", _("Client's name")),
        Column("scheme", _("Scheme"), "code"),
        Column("current", _("Class now"), "code"),
        Column("proposed", _("Class by the rule"), "code"),
        Column("reason", _("Reason")),
        Column("article", _("Article"), "code"),
        Column("by_hand", _("Given by hand"), "flag"),
        Column("given", _("Reason of the class now")),
    )
    return Sheet("proposals", _("Classes the rules propose"), columns, rows)


def _schemes(rules: Regulation, word: str) -> list[Scheme]:
    """Return the schemes meant that can be measured: the one named, else all."""
    if word:
        scheme = _scheme(rules, word)
        if not ruled(scheme):
            raise CmError(
                _("The program measures nothing for the scheme {scheme}").format(
                    scheme=scheme.code
                ),
                mend=_("Give its classes by hand: cm client class CLIENT {scheme} CLASS.").format(
                    scheme=scheme.code
                ),
                slug="not-measurable",
                code=Exit.USAGE,
            )
        return [scheme]
    found = [scheme for scheme in rules.classes if ruled(scheme)]
    if not found:
        raise CmError(
            _("{code} has no scheme that classes clients by a value on record").format(
                code=rules.regulation
            ),
            mend=_("See its schemes with: cm regulation show {name}.").format(
                name=rules.regulation
            ),
            slug="no-scheme",
            code=Exit.USAGE,
        )
    return found


def _scheme(rules: Regulation, word: str) -> Scheme:
    for scheme in rules.classes:
        if word in {scheme.code, *scheme.name.both().values()}:
            return scheme
    known = ", ".join(scheme.code for scheme in rules.classes) or "-"
    raise CmError(
        _("{code} has no scheme “{word}”").format(code=rules.regulation, word=word),
        mend=nearest(word, [s.code for s in rules.classes])
        or _("There are: {words}.").format(words=known),
        slug="no-scheme",
        code=Exit.USAGE,
    )


def _band(scheme: Scheme, word: str) -> Band:
    for band in scheme.bands:
        if word in {band.code, *band.name.both().values(), *band.aliases}:
            return band
    known = ", ".join(f"{band.code} {pick(band.name.both())}" for band in scheme.bands)
    raise CmError(
        _("The scheme {scheme} has no class “{word}”").format(scheme=scheme.code, word=word),
        mend=_("There are: {words}.").format(words=known),
        slug="no-class",
        code=Exit.USAGE,
    )


def give(clerk: Clerk, client: str, scheme_word: str, class_word: str) -> Outcome:
    """Give a client a class by hand, with the reason; no class takes one given by hand back."""
    from cm_cli.usecases.references import References

    outcome = Outcome()
    with transaction(clerk, outcome) as writer:
        connection = writer.connection
        try:
            code = References(connection).resolve("client", client)
        except BadValueError as bad:
            raise CmError(
                _("Client “{word}” {what}").format(word=client, what=bad.what),
                mend=bad.mend,
                slug="not-found",
                code=Exit.NO_INPUT,
            ) from None
        scheme = _scheme(in_force(connection, clerk.today).rules(), scheme_word)
        current = store.standing(connection, scheme.code, clerk.today, [code])
        if class_word:
            fresh = (_band(scheme, class_word).code, _said(clerk.reason))
        else:
            fresh = _taken_back(connection, scheme, code, current.get(code), clerk.today)
        put(writer, scheme, current, {code: fresh}, clerk.today)
    return outcome


def _said(reason: str) -> str:
    """Return the reason of a class given by hand, as it is kept; there has to be one."""
    if not reason.strip():
        raise CmError(
            _("The reason {what}").format(what=_("is missing")),
            mend=_("Say why with --reason."),
            slug="bad-reason",
            code=Exit.USAGE,
        )
    try:
        kept = kind_of("classification").field("reason").type.parse(BY_HAND + reason, Context())
    except BadValueError as bad:
        raise CmError(
            _("The reason {what}").format(what=bad.what),
            mend=bad.mend,
            slug="bad-reason",
            code=Exit.USAGE,
        ) from None
    return str(kept)


def _taken_back(
    connection: Connection, scheme: Scheme, code: str, span: store.Span | None, day: date
) -> tuple[str, str]:
    """Return class and reason by the rule, in place of the class given by hand."""
    if not by_hand(scheme, span):
        raise CmError(
            _("{client} has no class given by hand in the scheme {scheme}").format(
                client=code, scheme=scheme.code
            ),
            mend=_("See its classes with: cm client show {client}.").format(client=code),
            slug="not-by-hand",
            code=Exit.USAGE,
        )
    if not ruled(scheme):
        return "", ""
    (verdict,) = _verdicts(connection, scheme, [code], day)
    return verdict.decision.code, verdict.written
