"""The example data: made again byte for byte, in the encodings and numbers README.md states."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[1] / "examples" / "listed-companies"
ENCODINGS = {"managers": "gbk", "visits": "utf-8-sig", "diaries": "gb18030"}
TABLES = ("units", "managers", "visits", "diaries", "results", "scores", "merits", "leaves")


def rows(name: str) -> list[dict[str, str]]:
    text = (EXAMPLE / f"{name}.csv").read_bytes().decode(ENCODINGS.get(name, "utf-8"))
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def clients() -> Iterator[list[list[object]]]:
    with CalamineWorkbook.from_path(EXAMPLE / "clients.xlsx") as book:
        yield book.get_sheet_by_index(0).to_python()


def test_the_files_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    if not (EXAMPLE / "source").is_dir():
        pytest.skip("the source tables are not here")
    command = [sys.executable, EXAMPLE / "make.py", "--to", tmp_path]
    elsewhere = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    subprocess.run(command, check=True, env=elsewhere, capture_output=True)
    made = [path.name for path in sorted(tmp_path.iterdir())]
    assert made == sorted(["clients.xlsx", *(f"{name}.csv" for name in TABLES)])
    assert [name for name in made if contents(tmp_path / name) != contents(EXAMPLE / name)] == []


def contents(path: Path) -> object:
    """Return the bytes; of a workbook those of its parts, as zlib versions pack differently."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return [(part.filename, part.date_time, parts.read(part)) for part in parts.infolist()]


def test_clients_keep_the_oddities_of_their_sources(clients: list[list[object]]) -> None:
    head, *body = clients
    assert head[:4] == ["客户编号", "客户名称", "地区", "行业"]
    assert head[4:] == ["总资产（万元）", "营业收入（万元）", "客户类型"]
    assert len(body) == 2939
    assert Counter(Counter(map(tuple, body)).values()) == {1: 2919, 2: 10}
    assert len({row[5] == "" and row[0] for row in body} - {False}) == 23
    assert all(isinstance(row[0], str) and len(row[0]) == 6 for row in body)
    names = {row[1] for row in body}
    assert names >= {"金 螳 螂", "特 力Ａ", "*ST新梅"}
    assert ["601398", "工商银行"] in [row[:2] for row in body if row[6] == "金融机构"]
    assert Counter(row[6] for row in dict.fromkeys(map(tuple, body))) == {
        "中小型企业": 2171,
        "区域性大型企业": 553,
        "高风险企业": 72,
        "跨国或跨区域企业": 67,
        "金融机构": 66,
    }


def test_encodings_are_those_a_clerk_meets() -> None:
    assert (EXAMPLE / "visits.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for name in ("managers", "diaries"):
        with pytest.raises(UnicodeDecodeError):
            (EXAMPLE / f"{name}.csv").read_bytes().decode("utf-8")
    assert rows("managers")[0]["姓名"] == "季明禾"
    assert rows("diaries")[0]["工号"] == "M01"
    assert not (EXAMPLE / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_counts_are_those_of_the_readme() -> None:
    stated = (EXAMPLE / "README.md").read_text(encoding="utf-8").replace(",", "")
    counts = {name: len(rows(name)) for name in TABLES}
    assert counts["managers"] == 60
    for name, count in counts.items():
        line = next(line for line in stated.splitlines() if line.startswith(f"| `{name}.csv`"))
        assert f"| {count} |" in line


@pytest.mark.parametrize("staff", [{"在岗", "停职", "离职"}, {"在岗", "停职"}, {"在岗"}])
def test_grades_keep_the_caps_in_all_and_in_each_unit(staff: set[str]) -> None:
    managers = [row for row in rows("managers") if row["状态"] in staff]
    units = {row["机构"] for row in managers}
    assert len(units) == 12
    for unit in (units, *({unit} for unit in units)):
        grades = Counter(row["职级"] for row in managers if row["机构"] in unit)
        assert grades["高级客户经理"] * 100 <= 20 * grades.total()
        assert grades["客户经理"] * 100 <= 50 * grades.total()


def test_seniors_have_the_degree_and_the_years_their_grade_requires() -> None:
    seniors = [row for row in rows("managers") if row["职级"] == "高级客户经理"]
    assert {row["学历"] for row in seniors} <= {"本科", "硕士"}
    assert max(row["任职起始日"] for row in seniors) <= "2013-01-01"


def test_records_name_managers_and_clients_there_are_and_fall_into_the_quarter(
    clients: list[list[object]],
) -> None:
    staff = {row["工号"] for row in rows("managers")}
    assert {
        row["工号"] for name in TABLES if name not in {"visits", "units"} for row in rows(name)
    } <= staff
    visits = rows("visits")
    assert {row["客户经理"] for row in visits} == staff
    assert {row["客户"] for row in visits} <= {row[0] for row in clients}
    assert {row["备注"] for row in visits} == {"生成数据"}
    assert all(bool(row["后续事项"]) == bool(row["后续日期"]) for row in visits)
    days = [row["日期"] for name in ("visits", "diaries", "merits") for row in rows(name)]
    assert "2016-01-01" <= min(days) <= max(days) <= "2016-03-31"


def test_nobody_writes_on_leave_or_after_the_last_day() -> None:
    written = {(row["工号"], row["日期"]) for row in rows("diaries")}
    written |= {(row["客户经理"], row["日期"]) for row in rows("visits")}
    for leave in rows("leaves"):
        away = (leave["开始日期"], leave["结束日期"])
        assert not [
            who for who, day in written if who == leave["工号"] and away[0] <= day <= away[1]
        ]
    assert max(day for who, day in written if who == "M38") <= "2016-02-26"
    assert [leave["工号"] for leave in rows("leaves") if leave["结束日期"] > "2016-03-31"] == [
        "M23"
    ]


def test_diaries_are_one_a_manager_and_working_day_with_gaps() -> None:
    diaries = rows("diaries")
    assert set(Counter((row["工号"], row["日期"]) for row in diaries).values()) == {1}
    days = {row["日期"] for row in diaries}
    assert {"2016-02-06", "2016-02-14"} <= days  # a Saturday and a Sunday worked in exchange
    assert not days & {"2016-01-01", "2016-02-08", "2016-03-05"}
    full_days = len(days) * len(rows("managers"))
    assert 0.90 < len(diaries) / full_days < 0.97


def test_results_lie_where_results_lie() -> None:
    results = rows("results")
    money = [row for row in results if row["指标"] in {"deposits", "loans", "intermediary"}]
    shares = [float(row["实际"]) / float(row["目标"]) for row in money]
    assert sum(share < 0 for share in shares) == 2
    assert sum(share == 0 for share in shares) >= 1
    assert all(0.6 <= share <= 1.31 for share in shares if share > 0)
    assert {row["期间"] for row in results} == {"2016-01", "2016-02", "2016-03"}
    assert all(date.fromisoformat(f"{row['期间']}-01") for row in results)
