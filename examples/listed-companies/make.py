"""Make the files of this folder from the tables in ``source/``: the same input, the same bytes.

``python make.py [--source DIR] [--to DIR]``. Companies, regions, industries and figures are public
facts; managers and everything they do is made up (README.md says what comes from where).
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

from chinese_calendar import is_workday
from xlsxwriter import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")
HERE = Path(__file__).resolve().parent
REFERENCE = (HERE.parents[1] / "cm_cli" / "reference", HERE.parents[1] / "reference")
FIRST, LAST = date(2016, 1, 1), date(2016, 3, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
LAST_DAY = {"M38": date(2016, 2, 26), "M49": date(2016, 2, 29), "M57": date(2016, 3, 11)}
SIZES = (("大型", 1_000_000), ("中型", 200_000), ("小型", 50_000), ("微型", 0))  # 万元 of assets
WIDE_ASSETS = 10_000_000
SPECIAL_TREATMENT = re.compile(r"S?\*?ST")
FINANCE = {"银行", "证券", "保险", "多元金融"}
GRADES = ("助理客户经理", "客户经理", "高级客户经理")
INDICATORS = {  # monthly target of an assistant, a manager, a senior; decimal places
    "deposits": ((1200, 3000, 6000), 2),
    "loans": ((2000, 6000, 12000), 0),
    "intermediary": ((10, 30, 60), 2),
    "new_clients": ((4, 4, 3), 0),
    "new_products": ((1, 1, 1), 0),
}
OUTFLOWS = {
    ("M24", 2, "deposits"): Decimal("-315.40"),
    ("M43", 1, "deposits"): Decimal("-86.25"),
}
A_GAP, NO_BUSINESS, AGAIN, MET, NO_PRODUCT, TWO_PRODUCTS = 0.04, 0.006, 0.2, 0.9, 0.3, 0.9
WAYS = ("上门", "上门", "上门", "上门", "电话", "电话", "来访", "视频")
HOURS = ("09:00", "09:30", "10:00", "10:30", "14:00", "14:30", "15:00", "15:30", "16:00")
PERSONS = ("财务总监", "董事会秘书", "财务部经理", "资金主管", "总经理", "副总经理", "会计主管")
OPINIONS = (
    "",
    "",
    "",
    "希望减少柜面等候时间",
    "对账单寄送应更及时",
    "对服务表示满意",
    "希望专人对接",
)
OFFICE = ("整理客户档案，更新客户资料", "参加部门例会，学习制度文件", "准备走访资料，拟定下周计划")
ATTITUDE = ("日志填报不够及时", "工作认真，按时完成任务", "主动走访，责任心强")
ABILITY = ("产品知识有待提高", "能独立办理各项业务", "营销与方案设计能力突出")
CLIENTS = "客户编号,客户名称,地区,行业,总资产（万元）,营业收入（万元）,客户类型"
VISITS = (
    "日期,客户经理,客户,时间,方式,会见人,是否面谈,走访情况,客户需求,意见建议,后续事项,后续日期,备注"
)
ENCODINGS = {"managers": "gbk", "visits": "utf-8-sig", "diaries": "gb18030"}


@dataclass(frozen=True, slots=True)
class Client:
    """One company of the list; assets in 万元."""

    code: str
    name: str
    area: str
    industry: str
    assets: Decimal

    @property
    def size(self) -> str:
        """The size band by total assets."""
        return next(name for name, least in SIZES if self.assets >= least)

    @property
    def kind(self) -> str:
        """The client type by the rule stated in README.md."""
        if self.industry in FINANCE:
            return "金融机构"
        if SPECIAL_TREATMENT.match(self.name):
            return "高风险企业"
        if self.assets >= WIDE_ASSETS:
            return "跨国或跨区域企业"
        return "区域性大型企业" if self.size == "大型" else "中小型企业"


@dataclass(slots=True)
class Post:
    """A manager with the clients given so far."""

    row: dict[str, str]
    away: list[tuple[date, date]]
    clients: list[Client] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The staff number."""
        return self.row["工号"]

    def covers(self, what: str, names: set[str]) -> bool:
        """Say whether the coverage in 地区, 行业 or 规模 meets one of the names."""
        wanted = self.row[f"负责{what}"]
        return not wanted or not names.isdisjoint(wanted.split(";"))

    def load(self, client: Client) -> Decimal:
        """Return the share of the capacity that is used up once the client is added."""
        by_assets = self.row["容量口径"] == "总资产"
        used = sum(((c.assets if by_assets else 1) for c in (*self.clients, client)), Decimal(0))
        return used / Decimal(self.row["客户容量"])

    def on_duty(self, day: date) -> bool:
        """Say whether the manager is at work, apart from weekends and holidays."""
        away = any(since <= day <= until for since, until in self.away)
        return not away and day <= LAST_DAY.get(self.code, LAST)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of the quarter, before it becomes a row."""

    day: date
    manager: str
    client: Client
    hour: str
    way: str
    topic: tuple[str, ...]


def main() -> None:
    """Make the files and say how many records there are."""
    parser = argparse.ArgumentParser(description="Make the example files.")
    parser.add_argument("--source", type=Path, default=HERE / "source")
    parser.add_argument("--to", type=Path, default=HERE)
    options = parser.parse_args()
    make(options.source, options.to)


def make(source: Path, to: Path) -> None:
    """Write all files of the example."""
    clients, posts = clients_of(source), posts_of(source)
    share_out(clients, posts)
    topics = [tuple(row.values()) for row in rows_of(source / "topics.csv")]
    visits = {post.code: list(visits_of(post, topics)) for post in posts}
    every = [visit for of in visits.values() for visit in of]
    every.sort(key=lambda visit: (visit.day, visit.manager, visit.hour))
    tables: dict[str, tuple[str, Iterable[Sequence[object]]]] = {
        "visits": (VISITS, map(visit_row, every)),
        "diaries": (
            "工号,日期,日志内容",
            (d for p in posts for d in diaries_of(p, visits[p.code])),
        ),
        "results": ("工号,指标,期间,目标,实际", (r for p in posts for r in results_of(p))),
        "scores": ("工号,项目,期间,得分,评分人,说明", (s for p in posts for s in scores_of(p))),
    }
    for name in ("units", "managers", "merits", "leaves"):
        rows = rows_of(source / f"{name}.csv")
        tables[name] = (",".join(rows[0]), [list(row.values()) for row in rows])
    for name, (header, body) in tables.items():
        write(to / f"{name}.csv", header, body, ENCODINGS.get(name, "utf-8"))
    write_clients(to / "clients.xlsx", clients, incomes_of(source))
    print(f"{len(clients)} clients, {len(posts)} managers, {len(every)} visits")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a UTF-8 table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: str, rows: Iterable[Sequence[object]], encoding: str) -> None:
    """Write one table as a spreadsheet program would."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def chance(*of: object) -> Random:
    """Return the random source of one subject; only its ``random()``, which never changes."""
    return Random("/".join(map(str, ("listed-companies", *of))))  # noqa: S311 - example data


def draw(rng: Random, among: Sequence[T]) -> T:
    """Return one of them by lot."""
    return among[int(rng.random() * len(among))]


def clients_of(source: Path) -> list[Client]:
    """Return the companies in the order of the list."""
    return [
        Client(row["code"], row["name"], row["area"], row["industry"], Decimal(row["totalAssets"]))
        for row in rows_of(source / "listed-companies-2016.csv")
    ]


def incomes_of(source: Path) -> dict[str, list[Decimal]]:
    """Return the business income of 2015 in 百万元, as often as the table has the code."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows_of(source / "listed-companies-profit-2015.csv"):
        found[row["code"]].append(Decimal(row["business_income"]))
    return found


def posts_of(source: Path) -> list[Post]:
    """Return the managers with their leaves."""
    leaves: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for row in rows_of(source / "leaves.csv"):
        since, until = (date.fromisoformat(row[name]) for name in ("开始日期", "结束日期"))
        leaves[row["工号"]].append((since, until))
    return [Post(row, leaves[row["工号"]]) for row in rows_of(source / "managers.csv")]


def write_clients(path: Path, clients: Sequence[Client], incomes: dict[str, list[Decimal]]) -> None:
    """Write the client list joined with its income: a code found twice gives two rows."""
    book = Workbook(path)
    book.set_properties({"title": "客户名单", "created": datetime(2016, 3, 31)})  # noqa: DTZ001
    sheet = book.add_worksheet("客户")
    sheet.write_row(0, 0, CLIENTS.split(","), book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 6, 16)
    text = book.add_format({"num_format": "@"})
    pairs = [(client, income) for client in clients for income in incomes.get(client.code, [None])]
    for at, (client, income) in enumerate(pairs, start=1):
        sheet.write_string(at, 0, client.code, text)
        sheet.write_row(at, 1, (client.name, client.area, client.industry, float(client.assets)))
        if income is not None:
            sheet.write_number(at, 5, float(income * 100))  # 百万元 to 万元
        sheet.write_string(at, 6, client.kind)
    book.close()


def above(name: str) -> dict[str, set[str]]:
    """Return, for each spelling in a reference tree, the names that cover it."""
    folder = next(path for path in REFERENCE if path.is_dir())
    rows = rows_of(folder / f"{name}.csv")
    parents = {row["zh"]: row["parent"] for row in rows}
    codes = {text: row["zh"] for row in rows for text in (row["zh"], *row["aliases"].split("|"))}
    return {text: set(chain(code, parents)) for text, code in codes.items()}


def chain(code: str, parents: dict[str, str]) -> Iterator[str]:
    """Yield the code and all above it."""
    while code:
        yield code
        code = parents[code]


def share_out(clients: Sequence[Client], posts: Sequence[Post]) -> None:
    """Give each client to the manager least burdened among those who cover it and have room."""
    regions, industries = above("regions"), above("industries")
    for client in sorted(clients, key=lambda client: client.code):
        loads = [
            (post.load(client), post.code, post)
            for post in posts
            if post.covers("地区", regions[client.area])
            and post.covers("行业", industries[client.industry])
            and post.covers("规模", {client.size})
        ]
        if loads and min(loads)[0] <= 1:
            min(loads)[2].clients.append(client)


def visits_of(post: Post, topics: Sequence[tuple[str, ...]]) -> Iterator[Visit]:
    """Yield the visits of one manager: the clients in turn, the large ones again now and then."""
    rng = chance("visits", post.code)
    turn = sorted(post.clients, key=lambda client: chance("turn", client.code).random())
    large = [client for client in turn if client.size == "大型"] or turn
    made = 0
    for day in DAYS:
        busy = (0.62, 0.24, 0.04) if is_workday(day) else (0.01,)
        count = sum(rng.random() < share for share in busy) if post.on_duty(day) else 0
        for hour in sorted({draw(rng, HOURS) for _ in range(count)}):
            again = rng.random() < AGAIN
            client = draw(rng, large) if again else turn[made % len(turn)]
            made += not again
            yield Visit(day, post.code, client, hour, draw(rng, WAYS), draw(rng, topics))


def visit_row(visit: Visit) -> tuple[object, ...]:
    """Return the row of the visit file."""
    rng = chance("row", visit.manager, visit.day, visit.hour)
    did, need, follow = visit.topic
    in_person = visit.way in {"上门", "来访"} and rng.random() < MET
    person = draw(rng, PERSONS) if in_person or visit.way in {"电话", "视频"} else "前台人员"
    due = next_workday(visit.day + timedelta(days=3 + int(rng.random() * 21))) if follow else ""
    return (
        *(visit.day, visit.manager, visit.client.code, visit.hour, visit.way, person),
        *("是" if in_person else "否", did, need, draw(rng, OPINIONS), follow, due, "生成数据"),
    )


def next_workday(day: date) -> date:
    """Return the day itself or the first working day after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def diaries_of(post: Post, visits: Sequence[Visit]) -> Iterator[tuple[str, date, str]]:
    """Yield a diary for each working day of the manager, with one gap in about twenty-five."""
    rng = chance("diary", post.code)
    for day in DAYS:
        gap, office = rng.random() < A_GAP, draw(rng, OFFICE)
        if is_workday(day) and post.on_duty(day) and not gap:
            met = [f"{v.hour}{v.way}{v.client.name}：{v.topic[0]}" for v in visits if v.day == day]
            yield post.code, day, "；".join([*met, office]) + "。"


def results_of(post: Post) -> Iterator[tuple[object, ...]]:
    """Yield target and actual of each indicator and month in post."""
    rng, grade = chance("results", post.code), GRADES.index(post.row["职级"])
    for month in (1, 2, 3):
        for indicator, (targets, places) in INDICATORS.items():
            share, luck = Decimal(600 + int(rng.random() * 701)) / 1000, rng.random()
            actual = (targets[grade] * share).quantize(Decimal(1).scaleb(-places))
            if indicator == "new_products":
                actual = Decimal((luck > NO_PRODUCT) + (luck > TWO_PRODUCTS))
            elif luck < NO_BUSINESS:
                actual = Decimal(0)
            actual = OUTFLOWS.get((post.code, month, indicator), actual)
            if date(2016, month, 1) <= LAST_DAY.get(post.code, LAST):
                yield post.code, indicator, f"2016-{month:02}", targets[grade], actual


def scores_of(post: Post) -> Iterator[tuple[str, ...]]:
    """Yield the two hand-given scores of the quarter, unless the manager has left."""
    rng, state = chance("scores", post.code), post.row["状态"]
    for item, notes in (("attitude", ATTITUDE), ("ability", ABILITY)):
        score = (58 if state == "停职" else 72) + int(rng.random() * 27)
        note = notes[min(2, max(0, (score - 70) // 10))]
        if state != "离职":
            yield post.code, item, "2016Q1", str(score), "客户部负责人", note


if __name__ == "__main__":
    main()
