"""``cm unit``: branches, departments and outlets, and of which kind they are."""

from __future__ import annotations

from cm_cli.cli import records
from cm_cli.cli.frame import app_of
from cm_cli.domain.records.unit import KIND
from cm_cli.language import later

app = app_of(later("Units: branches, departments, outlets and their kind."))
records.add_command(app, KIND, "add", later("Register a unit; one not registered counts as operating."), ("name",))
records.list_command(app, KIND, later("List units."))
records.show_command(app, KIND, later("Show one unit."))
records.set_command(app, KIND, later("Change fields of one unit; “” clears a field."))
