"""``cm visit``: visit reports."""

from __future__ import annotations

from cm_cli.cli import records
from cm_cli.cli.frame import app_of
from cm_cli.domain.records.visit import KIND
from cm_cli.language import later

app = app_of(later("Visit reports: log, list, show."))
records.add_command(app, KIND, "log", later("Log a visit; the day is today unless given."), ("client",))
records.list_command(app, KIND, later("List visits."))
records.show_command(app, KIND, later("Show one visit by its number."))
records.set_command(app, KIND, later("Change fields of one visit; “” clears a field."))
