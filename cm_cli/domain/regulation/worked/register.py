"""**Register** of the cases of the sections: each model and what runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cm_cli.domain.regulation.worked import daily, money, numbers, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from cm_cli.domain.regulation.worked.base import Both

RUNS: dict[type, Callable[[Any, Any], Both]] = {
    people.NormCase: people.norm,
    people.EntryCase: people.entry,
    people.LevelCase: people.level,
    people.GateCase: people.gate,
    people.PowerCase: people.power,
    people.TeamCase: people.team,
    people.StructureCase: people.structure,
    people.SourceCase: people.employment,
    money.PayCase: money.pay,
    money.ScheduleCase: money.paid,
    money.AwardCase: money.award,
    daily.FormCase: daily.form,
    daily.AfterCase: daily.after,
    daily.DeadlineCase: daily.deadline,
    daily.LimitCase: daily.limit,
    daily.StateCase: daily.state,
    daily.ShareCase: daily.share,
    numbers.TargetCase: numbers.target,
    numbers.FigureCase: numbers.figured,
    numbers.BenchmarkCase: numbers.benchmark,
    numbers.CoreCase: numbers.cored,
    numbers.WeightedCase: numbers.weighed,
    numbers.ValueCase: numbers.value,
}
