"""Two appraisal sections as a branch could write them, and the facts of one manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from cm_cli.domain.appraisal.facts import (
    CountRow,
    DiaryFacts,
    ManagerFacts,
    MeritRow,
    ResultRow,
    ScoreRow,
    VisitRow,
)
from cm_cli.domain.period import parse
from cm_cli.domain.regulation.appraisal import Appraisal, Consequence

YEAR = parse("2016")
D = Decimal


@dataclass(frozen=True)
class Indicator:
    """An indicator as the engine sees one."""

    code: str
    unit: str = "万元"
    better: str = "higher"
    over_period: str = "sum"
    together: str = "sum"


INDICATORS = {
    "deposits": Indicator("deposits", over_period="last"),
    "npl": Indicator("npl", "%", "lower", "last"),
    "new_clients": Indicator("new_clients", "户"),
    "fees": Indicator("fees"),
    "market": Indicator("market"),
}

WEIGHTED = """
article: "16(3)"
periods: [year, quarter]
ratings:
  - {code: excellent, name: {zh: 优秀, en: Excellent}, article: "16(3)"}
  - {code: competent, name: {zh: 称职, en: Competent}, article: "16(3)"}
  - {code: basic, name: {zh: 基本称职, en: Basically competent}, article: "16(3)"}
  - {code: incompetent, name: {zh: 不称职, en: Incompetent}, article: "16(3)"}
bands:
  - {rating: excellent, from: 90, chosen: "article 20 leaves it to the branch"}
  - {rating: competent, from: 75, chosen: "article 20 leaves it to the branch"}
  - {rating: basic, from: 60, chosen: "article 20 leaves it to the branch"}
  - {rating: incompetent, chosen: "the rest"}
missing: {policy: leave_out, chosen: "nobody is scored on what nobody measured"}
rounding: {places: 2, chosen: "as on wages"}
total:
  kind: weighted
  parts:
    - code: quantitative
      name: {zh: 定量考核, en: Quantitative}
      weight: {operating: 60, managing: 40}
      article: "17"
      parts:
        - code: management
          name: {zh: 管理业绩, en: Management}
          weight: 50
          article: "17(1)"
          items:
            - code: deposits
              name: {zh: 存款, en: Deposits}
              weight: 60
              measure: {kind: result, indicator: deposits}
              score: {kind: attainment, cap: 120}
              article: "18"
            - code: npl
              name: {zh: 不良率, en: Bad-loan rate}
              weight: 40
              measure: {kind: result, indicator: npl}
              score: {kind: attainment, cap: 120}
              article: "18"
        - code: expansion
          name: {zh: 拓展业绩, en: Expansion}
          weight: 50
          article: "17(1)"
          items:
            - code: new_clients
              name: {zh: 新增客户, en: New clients}
              weight: 100
              measure: {kind: result, indicator: new_clients}
              score: {kind: attainment, cap: 150}
              article: "17(1)"
    - code: qualitative
      name: {zh: 定性考核, en: Qualitative}
      weight: {operating: 40, managing: 60}
      article: "17"
      items:
        - code: reach
          name: {zh: 走访覆盖, en: Clients visited}
          weight: 30
          measure: {kind: clients_reached}
          score: {kind: linear, zero_at: 50, full_at: 100}
          article: "10(2)"
        - code: diary
          name: {zh: 日志, en: Diary}
          weight: 30
          measure: {kind: diary_completeness}
          score: {kind: banded, bands: [{from: 80, points: 60}, {from: 95, points: 100}]}
          article: "10(1)"
        - code: attitude
          name: {zh: 工作态度, en: Attitude}
          weight: 40
          measure: {kind: rated}
          score: {kind: as_is}
          article: "17(2)"
bonus:
  - code: feedback
    name: {zh: 有价值反馈, en: Feedback of great value}
    max_per_event: 2
    max_in_all: 3
    article: "17(3)"
penalty:
  - {code: breach, name: {zh: 违规, en: Breach}, max_per_event: 10, article: "17(3)"}
vetoes:
  - code: two_breaches
    name: {zh: 两次违规, en: Two breaches}
    penalty: breach
    events: 2
    at_best: basic
    chosen: "a branch rule"
"""

PLAIN = """
article: "(七)2"
periods: [year]
ratings:
  - {code: good, name: {zh: 好, en: Good}, chosen: "the source has no scale"}
  - {code: poor, name: {zh: 差, en: Poor}, chosen: "the source has no scale"}
bands:
  - {rating: good, from: 83.5, chosen: "open"}
  - {rating: poor, chosen: "open"}
missing: {policy: zero, chosen: "not delivered is not earned"}
rounding: {places: 1, at: item, chosen: "open"}
total:
  kind: plain_sum
  parts:
    - code: actual_work
      name: {zh: 工作实际, en: Actual work}
      maximum: 60
      article: "(七)2"
      items:
        - code: deposit_growth
          name: {zh: 存款增长率, en: Deposit growth}
          maximum: 20
          measure: {kind: growth, indicator: deposits, target: 10}
          score: {kind: attainment}
          article: "(七)3(1)A"
        - code: fees
          name: {zh: 手续费, en: Fees}
          maximum: 15
          measure: {kind: result, indicator: fees}
          score: {kind: linear, zero_at: 0, full_at: 50}
          article: "(七)3(2)D"
        - code: service
          name: {zh: 服务, en: Service}
          maximum: 25
          measure: {kind: rated}
          score: {kind: as_is}
          article: "(七)3(3)"
    - code: department
      name: {zh: 所在部门评价, en: Department}
      maximum: 25
      article: "(七)2"
      items:
        - code: year_work
          name: {zh: 全年表现, en: The year's work}
          maximum: 25
          measure: {kind: rated}
          score: {kind: as_is}
          article: "(七)2"
    - code: internal
      name: {zh: 内部业务管理, en: Internal management}
      maximum: 15
      article: "(七)2"
      items:
        - code: reports
          name: {zh: 报表, en: Reports}
          maximum: 15
          measure: {kind: record_count, record: late_report}
          score: {kind: deduction, per_event: 5}
          article: "(七)2"
"""

CONSEQUENCES = """
- {when: {rating: incompetent, grade: assistant}, then: dismiss, article: "16(4)"}
- {when: {rating: incompetent}, then: one_grade_down, article: "16(4)"}
- {when: {rating: excellent, years_running: 2}, then: one_grade_up_or_raise, article: "16(4)"}
- {when: {huge_benefit: true}, then: one_grade_up_or_raise, article: "16(4)"}
- {when: {huge_benefit: true}, then: one_off_reward, in_addition: true, article: "16(4)"}
"""


def appraisal(text: str = WEIGHTED, **changes: Any) -> Appraisal:
    return Appraisal.model_validate(yaml.safe_load(text) | changes)


def consequences(text: str = CONSEQUENCES) -> tuple[Consequence, ...]:
    return tuple(Consequence.model_validate(rule) for rule in yaml.safe_load(text))


def one_item(measure: dict[str, Any], score: dict[str, Any], **changes: Any) -> Appraisal:
    """Return an appraisal of one item that weighs 100."""
    named = {"name": {"zh": "项", "en": "Item"}, "weight": 100, "article": "1"}
    item = {"code": "item", "measure": measure, "score": score, **named}
    total = {"kind": "weighted", "parts": [{"code": "part", "items": [item], **named}]}
    return appraisal(WEIGHTED, **({"total": total, "vetoes": [], "rounding": FINE} | changes))


FINE = {"places": 4, "chosen": "fine"}


def result(row: int, indicator: str, period: str = "2016", **values: Any) -> ResultRow:
    numbers = {name: D(str(value)) for name, value in values.items()}
    return ResultRow(f"result#{row}", indicator, parse(period), **numbers)


def visit(row: int, client: str, mode: str = "door", day: date = date(2016, 3, 1)) -> VisitRow:
    return VisitRow(f"visit#{row}", client, day, mode, in_person=mode == "door")


def merit(row: int, item: str, points: str | None, verified_by: str = "M0") -> MeritRow:
    on = date(2016, 5, row)
    return MeritRow(f"merit#{row}", on, item, D(points) if points else None, "file", verified_by)


FACTS = ManagerFacts(
    code="M1",
    name="张三",
    unit="hub",
    unit_kind="operating",
    grade="manager",
    grades=("assistant", "manager", "senior"),
    results=(
        result(1, "deposits", target=200, actual=180),
        result(2, "npl", target=2, actual=2.5),
        result(3, "new_clients", target=10, actual=13),
    ),
    visits=(visit(1, "A"), visit(2, "B"), visit(3, "B"), visit(4, "C", "telephone"), visit(5, "X")),
    clients={"A": "assignment#1", "B": "assignment#2", "C": "assignment#3", "D": "assignment#4"},
    diary=DiaryFacts(10, tuple(f"diary#{n}" for n in range(1, 10)), (date(2016, 3, 4),)),
    scores=(ScoreRow("score#1", "attitude", D(85)),),
    merits=(
        merit(1, "feedback", "2"),
        merit(2, "feedback", "2"),
        merit(3, "breach", "4"),
        merit(4, "breach", "5", verified_by=""),
    ),
)
POSTAL = ManagerFacts(
    code="P1",
    name="李四",
    unit="bureau",
    results=(
        result(1, "deposits", base=500, actual=540),
        result(2, "fees", actual=30),
    ),
    scores=(ScoreRow("score#1", "service", D(88)), ScoreRow("score#2", "year_work", D(92))),
    counts=(
        CountRow("late#1", "late_report", date(2016, 2, 1)),
        CountRow("late#2", "late_report", date(2016, 8, 1)),
        CountRow("late#3", "late_report", date(2015, 8, 1)),
    ),
)
