"""``cm result``: targets and actual values of indicators."""

from __future__ import annotations

from cm_cli.cli import records
from cm_cli.cli.frame import app_of
from cm_cli.domain.records.result import KIND
from cm_cli.language import later

app = app_of(later("Results: targets and actual values of indicators."))
records.add_command(app, KIND, "log", later("Log target and actual value of an indicator for a period."), ("manager", "indicator", "period"))
records.list_command(app, KIND, later("List results."))
records.set_command(app, KIND, later("Change one result; “” clears a field."))
