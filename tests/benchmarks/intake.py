"""How long an import of clients takes, and how much memory, beside tools that check nothing.

Run: ``python tests/benchmarks/intake.py [--runs 3] [--large | --rows 10000 3000000]``. The reference
is the ``.import`` of the ``sqlite3`` shell into a bare table (the file's columns, as many indexes)
with tuned pragmas; the tools take turns on the same file, and the figures are medians of whole
processes (user + system). ``cm import`` also checks every cell, works out pinyin and doubles' key,
classes each client by the regulation, journals all of it, and digests every row.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
SIZES, LARGE = (10_000, 100_000), 1_000_000
RATIO = {100_000: 1.75, LARGE: 1.30}
MEMORY, GROWTH = 400, 1.05
COLUMNS = (
    "code", "name", "kind", "region", "industry", "assets",
    "sales", "relation", "services", "contact", "phone", "introduced_by",
)  # fmt: skip
SIGNS = (
    "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢章云苏潘范彭鲁韦马方俞袁柳华泰安盛达"
)
TRADES = (
    "科技",
    "实业",
    "电子",
    "机械",
    "化工",
    "纺织",
    "食品",
    "建材",
    "物流",
    "贸易",
    "医药",
    "能源",
    "银行",
)
REGIONS = (
    "浙江",
    "杭州",
    "上海",
    "江苏",
    "南京",
    "广东",
    "深圳",
    "北京",
    "四川",
    "成都",
    "湖北",
    "武汉",
)
INDUSTRIES = ("半导体", "银行", "化工", "纺织", "食品", "医药", "软件")
INDEXES = (
    "CREATE UNIQUE INDEX by_code ON client (code)",
    "CREATE INDEX by_introducer ON client (introduced_by)",  # one value throughout, as the entry
)
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
    " PRAGMA cache_size=-200000;"
)


@dataclass
class Tool:
    """One way to read the file: seconds of processor and of the clock, memory in MB, by run."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak: int = 0


def generate(path: Path, count: int) -> None:
    """Write so many clients of twelve columns: the same ones every time."""
    chance = random.Random(20261001)  # noqa: S311 - a population, no secret
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(count):
            name = "".join(chance.choices(SIGNS, k=4)) + chance.choice(TRADES)  # seldom alike
            rows.writerow(
                (
                    f"C{number:07}",
                    f"{chance.choice(REGIONS)}{name}有限公司",
                    chance.choice(("regional", "sme", "ordinary")),
                    chance.choice(REGIONS),
                    chance.choice(INDUSTRIES),
                    f"{chance.randrange(1, 10**9) / 100:.2f}",
                    f"{chance.randrange(1, 10**8) / 100:.2f}",
                    chance.choice(("new", "old")),
                    chance.choice(("结算", "结算;贷款", "")),
                    "".join(chance.choices(SIGNS, k=2)),
                    f"1{chance.randrange(3 * 10**9, 10**10)}",
                    "",
                )
            )


def measure(tool: Tool, words: tuple[str, ...], typed: str = "", **env: str) -> None:
    """Run one process, and keep its processor time, wall time and largest memory."""
    started = perf_counter()
    process = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **env},
    )
    if process.stdin:
        process.stdin.write(typed.encode())
        process.stdin.close()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{words}: exit code {process.returncode}")
    tool.cpu.append(used.ru_utime + used.ru_stime)
    tool.wall.append(perf_counter() - started)
    tool.peak = max(tool.peak, used.ru_maxrss // 1024)


def bare_schema(store: Path) -> str:
    """Return a client table of the file's columns, with as many indexes as the store's has."""
    with closing(sqlite3.connect(store)) as base:
        held = [row[1] for row in base.execute("PRAGMA table_info(client)")]
        indexes = base.execute("PRAGMA index_list(client)").fetchall()
    lacking = set(COLUMNS) - set(held)
    if lacking or len(indexes) != len(INDEXES):
        sys.exit(f"the client table is not the one this benchmark knows: {lacking} {indexes}")
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS)
    return f"CREATE TABLE client ({columns}); {'; '.join(INDEXES)};"


def count(store: Path, table: str = "client") -> int:
    """Return how many rows a table holds."""
    with closing(sqlite3.connect(store)) as base:
        return int(base.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def by_cm(tool: Tool, folder: Path, file: Path) -> int:
    """Import into a fresh store; returns the clients it holds then."""
    store = folder / "cm.db"
    env = {"CM_DB": str(store), "CM_STATE": str(folder / "state"), "PYTHONPATH": str(ROOT)}
    env |= {"CM_LANG": "en", "CM_TODAY": "2016-04-01", "CM_OPERATOR": "benchmark"}
    cm = (sys.executable, "-m", "cm_cli")
    subprocess.run((*cm, "init", "-q"), env={**os.environ, **env}, check=True)
    measure(tool, (*cm, "import", "clients", str(file), "-q"), **env)
    return count(store)


def by_shell(tool: Tool, folder: Path, file: Path) -> int:
    """Import by the shell of SQLite into the bare table; returns the rows it holds then."""
    store = folder / "shell.db"
    with closing(sqlite3.connect(store)) as base:
        base.executescript(bare_schema(folder / "cm.db"))
    lines = f"{PRAGMAS}\n.mode csv\n.import --skip 1 {file} client\n"
    measure(tool, ("sqlite3", str(store)), lines)
    return count(store)


def by_peer(tool: Tool, folder: Path, file: Path) -> int:
    """Import by ``sqlite-utils insert --csv`` into the bare table; returns the rows."""
    store = folder / "peer.db"
    with closing(sqlite3.connect(store)) as base:
        base.executescript(bare_schema(folder / "cm.db"))
    measure(tool, ("sqlite-utils", "insert", str(store), "client", str(file), "--csv"))
    return count(store)


def by_calamine(tool: Tool, folder: Path, file: Path) -> int:
    """Read a workbook to the end and check nothing; returns its rows."""
    read = "import sys, python_calamine as c; b = c.CalamineWorkbook.from_path(sys.argv[1]); n = sum(1 for _ in b.get_sheet_by_index(0).iter_rows()); open(sys.argv[2], 'w').write(str(n - 1))"
    measure(tool, (sys.executable, "-c", read, str(file), str(folder / "count")))
    return int((folder / "count").read_text())


def by_reading(tool: Tool, folder: Path, file: Path) -> int:
    """Read a workbook and check every cell of it, without a store; returns its rows."""
    read = "import sys, runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='reading')"
    measure(
        tool,
        (sys.executable, "-c", read, __file__, str(file), str(folder / "read")),
        PYTHONPATH=str(ROOT),
    )
    return int((folder / "read").read_text())


def read_and_check(file: str, told: str) -> None:
    """Read every column of a file of clients as the import does, and write how many rows it has."""
    from cm_cli.domain.fields import Context
    from cm_cli.domain.headings import headings, match_heading
    from cm_cli.domain.register import kind
    from cm_cli.readers.registry import open_table

    known, rows = headings(kind("client")), 0
    with open_table(file, known=lambda text: match_heading(known, text)[0] is not None) as table:
        types = [match_heading(known, heading)[0] for heading in table.headers]
        for lines, columns in table.chunks:
            for each, cells in zip(types, columns, strict=True):
                if each:
                    each.type.read_column(cells, Context())
            rows += len(lines)
    Path(told).write_text(str(rows), encoding="utf-8")


def workbook(source: Path, target: Path) -> None:
    """Write the rows of a separated text as a workbook, amounts as numbers."""
    import xlsxwriter

    with (
        xlsxwriter.Workbook(target, {"constant_memory": True}) as book,
        source.open(encoding="utf-8", newline="") as file,
    ):
        sheet = book.add_worksheet()
        amounts = {COLUMNS.index("assets"), COLUMNS.index("sales")}
        for line, row in enumerate(csv.reader(file)):
            for at, cell in enumerate(row):
                if line and at in amounts:
                    sheet.write_number(line, at, float(cell))
                else:
                    sheet.write_string(line, at, cell)


def compare_workbooks(size: int, runs: int) -> None:
    """Print what reading and checking a workbook takes beside the parser's bare reading."""
    bare, ours = Tool(), Tool()
    with tempfile.TemporaryDirectory() as base:
        text, file = Path(base) / "clients.csv", Path(base) / "clients.xlsx"
        generate(text, size)
        workbook(text, file)
        for _run in range(runs):
            for way, tool in ((by_calamine, bare), (by_reading, ours)):
                if (held := way(tool, Path(base), file)) != size:
                    sys.exit(f"{way.__name__}: {size} rows were given, {held} were read")
    ratio = median(ours.cpu) / median(bare.cpu)
    print(
        f"{size} clients of a workbook, read and checked / calamine alone: cpu {verdict(ratio, 2.0)}"
    )


WAYS: dict[str, Callable[[Tool, Path, Path], int]] = {
    "cm import": by_cm,
    "sqlite3 .import": by_shell,
    "sqlite-utils insert": by_peer,
}


def compare(size: int, runs: int) -> dict[str, Tool]:
    """Import one file by every tool in turn; stops where a tool has not taken every row."""
    tools = {
        name: Tool() for name in WAYS if name.startswith("cm") or shutil.which(name.split()[0])
    }
    with tempfile.TemporaryDirectory() as base:
        file = Path(base) / "clients.csv"
        generate(file, size)
        for number in range(runs):
            folder = Path(base) / str(number)
            folder.mkdir()
            for name, tool in tools.items():
                held = WAYS[name](tool, folder, file)
                if held != size:
                    sys.exit(f"{name}: {size} rows were given, {held} are there")
            shutil.rmtree(folder)
    return tools


def verdict(value: float, target: float) -> str:
    """Return a figure beside its target."""
    return f"{value:.2f}; target {target:.2f}: {'met' if value <= target else 'not met'}"


def report(size: int, tools: dict[str, Tool]) -> None:
    """Print what each tool took, and the ratios with their targets."""
    print(f"{size} clients x {len(COLUMNS)} columns")
    for name, tool in tools.items():
        cpu, wall = median(tool.cpu), median(tool.wall)
        print(f"  {name:20} cpu {cpu:7.2f} s   wall {wall:7.2f} s   peak {tool.peak:5} MB")
    ours = median(tools["cm import"].cpu)
    for name, target in (("sqlite3 .import", RATIO.get(size)), ("sqlite-utils insert", 1.0)):
        if name in tools and target:
            ratio = ours / median(tools[name].cpu)
            wall = median(tools["cm import"].wall) / median(tools[name].wall)
            print(f"  cm import / {name}: cpu {verdict(ratio, target)} (wall {wall:.2f})")
    print(f"  peak memory MB: {verdict(tools['cm import'].peak, MEMORY)}")


def main() -> None:
    """Measure every size and how the time grows from one to the next."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--runs", type=int, default=3)
    ask.add_argument("--large", action="store_true", help="a million rows too")
    ask.add_argument("--rows", type=int, nargs="+", default=SIZES, help="of these sizes instead")
    given = ask.parse_args()
    took: dict[int, float] = {}
    for size in (*given.rows, LARGE) if given.large else given.rows:
        tools = compare(size, 1 if size >= LARGE else given.runs)
        report(size, tools)
        took[size] = median(tools["cm import"].cpu)
    compare_workbooks(SIZES[-1], given.runs)
    first, last = min(took), max(took)
    if first == last:
        return
    growth = math.log(took[last] / took[first]) / math.log(last / first)
    print(f"growth exponent {first} to {last}: {verdict(growth, GROWTH)}")


if __name__ == "__main__":
    main()
elif __name__ == "reading":
    read_and_check(*sys.argv[1:])
