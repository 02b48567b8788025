"""Forms (表单): an institution's own sheets, as fields with types, and when a sheet is complete.

The "511" diary, an outlet's resource card, a delivery register are forms; a record of a form is
checked field by field, and ``met`` says whether it does what the regulation asks of it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from cm_cli.domain.regulation.base import (
    Code,
    Count,
    Listed,
    Name,
    Named,
    NotNegative,
    RoleCode,
    Rule,
    Sourced,
    bounds_wrong,
    refuse,
)
from cm_cli.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class FormField(Rule):
    """One field of a form."""

    code: Code
    """What it is referred to by."""
    name: Name
    """What it is called on the sheet."""
    type: Literal[
        "text", "number", "amount", "day", "time", "yes_no", "choice", "client", "manager", "rows"
    ] = "text"
    """What is written there; `rows` is a table within the sheet."""
    unit: str = ""
    """The unit of a number or amount."""
    required: bool = False
    """Whether a sheet without it is incomplete."""
    options: tuple[Listed, ...] = ()
    """The words of a choice."""
    fields: tuple[FormField, ...] = ()
    """The columns of `rows`."""
    at_least: NotNegative | None = None
    """The least a number may be; of `rows`, how many."""
    at_most: NotNegative | None = None
    """The most a number may be; of `rows`, how many."""

    @model_validator(mode="after")
    def _fits(self) -> FormField:
        findings = []
        if (self.type == "choice") != bool(self.options):
            findings.append(_("`type: choice` and `options:` belong together"))
        if (self.type == "rows") != bool(self.fields):
            findings.append(_("`type: rows` and `fields:` belong together"))
        bounded = self.at_least is not None or self.at_most is not None
        if bounded and self.type not in {"number", "amount", "rows"}:
            findings.append(_("only numbers and rows have bounds"))
        findings += bounds_wrong(self.at_least, self.at_most, needed=False)
        if self.unit and self.type not in {"number", "amount"}:
            findings.append(_("only numbers have a unit"))
        refuse(findings)
        return self


class Demand(Sourced):
    """What a sheet has to show: one of these fields is filled, or counts so many (F31)."""

    any_of: tuple[Code, ...] = Field(min_length=1)
    """The fields; one of them is enough."""
    at_least: Count = 1
    """How many: rows that are complete, or the number written."""
    complete: tuple[Code, ...] = ()
    """Of rows: the columns that have to be filled for a row to count."""


class Form(Named):
    """A sheet of the institution's own and what its records have to show."""

    fields: tuple[FormField, ...] = Field(min_length=1)
    """The fields in the order of the sheet."""
    about: Literal["manager", "client", "unit", "outlet", "product", "event", "request"] = "manager"
    """What one sheet is about."""
    kept_by: RoleCode | None = None
    """Who keeps the sheets."""
    met: tuple[Demand, ...] = ()
    """What a sheet has to show to count as done; all of these."""

    @model_validator(mode="after")
    def _refers(self) -> Form:
        known = {one.code: one for one in self.fields}
        findings = []
        for demand in self.met:
            findings += [
                _("`met:` names “{code}”, which is no field").format(code=code)
                for code in demand.any_of
                if code not in known
            ]
            columns = {
                column.code
                for code in demand.any_of
                if code in known
                for column in known[code].fields
            }
            findings += [
                _("`complete:` names “{code}”, which is no column").format(code=code)
                for code in demand.complete
                if code not in columns
            ]
        refuse(findings)
        return self


def unmet(form: Form, sheet: Mapping[str, Any]) -> list[Demand]:
    """Return the demands a sheet does not meet; values are texts, numbers, lists of rows."""
    return [demand for demand in form.met if not _meets(form, demand, sheet)]


def lacking(form: Form, sheet: Mapping[str, Any]) -> list[str]:
    """Return the required fields in which nothing stands."""
    return [one.code for one in form.fields if one.required and not _filled(sheet.get(one.code))]


def _meets(form: Form, demand: Demand, sheet: Mapping[str, Any]) -> bool:
    types = {one.code: one.type for one in form.fields}
    return any(
        _count(types.get(code, "text"), demand, sheet.get(code)) >= demand.at_least
        for code in demand.any_of
    )


def _count(type_: str, demand: Demand, value: Any) -> Decimal:
    if type_ == "rows":
        rows: Sequence[Mapping[str, Any]] = value or ()
        return Decimal(
            sum(1 for row in rows if all(_filled(row.get(column)) for column in demand.complete))
        )
    if type_ in {"number", "amount"}:
        return Decimal(str(value or 0))
    return Decimal(1 if _filled(value) else 0)


def _filled(value: Any) -> bool:
    return value not in (None, "", (), []) and value is not False
