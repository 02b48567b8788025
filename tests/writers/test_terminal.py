"""Tables on a terminal: nothing is cut, markup is shown as typed, narrow windows get blocks."""

from __future__ import annotations

import io
import subprocess
import sys
from decimal import Decimal

import pytest

from cm_cli.domain.sheet import Column, Sheet
from cm_cli.writers import layout, registry
from cm_cli.writers.bars import bar
from cm_cli.writers.options import Options


def drawn(sheet, **options):
    out = io.StringIO()
    registry.send(registry.document_of(sheet), "table", out, Options(**options))
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def sheet_of(rows, *columns):
    return Sheet("s", "S", columns, rows)


NAME, TOTAL = Column("name", "[red]名称"), Column("total", "合计", "count")


@pytest.mark.parametrize("name", ["张[/b]", "[link=x]y[/link]", ":smile:", "[bold]", "${x}"])
def test_markup_in_a_name_is_shown_as_typed(name):
    shown = drawn(sheet_of([(name, 1)], NAME, TOTAL), width=80)
    assert name in shown
    assert "[red]名称" in shown


@pytest.mark.parametrize("rows", [3, 300])
def test_numbers_stand_right_and_long_names_are_folded_not_cut(rows):
    address = "青海省西宁市长江路128号创新大厦14层正平股份客户经理办公室"
    shown = drawn(sheet_of([(address, 9999999)] * rows, Column("a", "地址"), TOTAL), width=40)
    assert max(map(layout.display_width, shown.splitlines())) <= 40
    heading = next(line for line in shown.splitlines() if "合计" in line)
    number = next(line for line in shown.splitlines() if "9,999,999" in line)
    assert layout.display_width(heading) == layout.display_width(number)
    assert "…" not in shown
    assert "".join(c for c in shown if c in address).count(address) == rows


def test_a_sheet_too_wide_for_the_window_becomes_a_block_for_each_record():
    columns = [Column(f"c{n}", f"栏目{n}", "number") for n in range(12)]
    row = tuple(Decimal(n * 1_000_000) for n in range(12))
    assert drawn(sheet_of([row, row], *columns), width=60).splitlines()[:3] == [
        "栏目0:  0",
        "栏目1:  1,000,000",
        "栏目2:  2,000,000",
    ]
    assert drawn(sheet_of([row], *columns), width=200).count("\n") == 2


def test_blocks_fold_long_values_and_leave_out_empty_ones():
    columns = [Column(f"c{n}", f"栏{n}") for n in range(15)]
    shown = drawn(sheet_of([("字" * 40, *[""] * 7, "末", *[""] * 6)], *columns), width=60)
    assert shown == f"栏0:  {'字' * 27}\n      {'字' * 13}\n栏8:  末\n"


def test_big_lists_do_without_rich_and_look_alike():
    small = drawn(sheet_of([("甲", n) for n in range(200)], NAME, TOTAL), width=60)
    large = drawn(sheet_of([("甲", n) for n in range(201)], NAME, TOTAL), width=60)
    assert large.splitlines()[:-1] == small.splitlines()
    program = (
        "import io,sys;from cm_cli.writers import registry as r;"
        "from cm_cli.writers.options import Options;from cm_cli.domain.sheet import *;"
        "s=Sheet('s','s',(Column('n','n'),),[('x',)]*int(sys.argv[1]));"
        "r.send(r.document_of(s),'table',io.StringIO(),Options(width=60));"
        "print('rich' in sys.modules)"
    )
    for rows, expected in (("200", "True"), ("201", "False")):
        done = subprocess.run(
            [sys.executable, "-c", program, rows], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == expected


def test_colour_only_where_it_is_asked_for(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    sheet = sheet_of([("甲", 1)], NAME, TOTAL)
    assert "\x1b" not in drawn(sheet, width=60)
    assert "\x1b[1m" in drawn(sheet, width=60, color=True)


def test_bars_show_the_share_of_the_largest_in_characters_gbk_has():
    sheet = sheet_of([("甲", 100), ("乙", 50), ("丙", 0)], NAME, TOTAL)
    lines = drawn(sheet, width=60, bars=("total",)).splitlines()
    assert [line.count("█") for line in lines[-3:]] == [12, 6, 0]
    for eighths in range(9):
        bar(eighths, Decimal(8), 1).encode("gbk")
    assert bar(-4, Decimal(8), 2) == "-█"
    assert bar(None, Decimal(8), 2) == bar(1, Decimal(0), 2) == ""


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("客户经理", 4, ["客户", "经理"]),
        ("客户经理", 5, ["客户", "经理"]),
        ("one two three", 8, ["one two", "three"]),
        ("a\nb", 9, ["a", "b"]),
        ("x" * 7, 3, ["xxx", "xxx", "x"]),
        ("客", 1, ["客"]),
        ("", 5, [""]),
    ],
)
def test_folding(text, width, lines):
    assert layout.fold(text, width) == lines


def test_room_that_is_left_goes_to_the_columns_that_want_it():
    grid = layout.grid_of(sheet_of([("字" * 7, "字" * 40, 12)], NAME, Column("b", "b"), TOTAL))
    assert layout.fit(grid, None) == [14, 80, 4]
    assert layout.fit(grid, 60) == [14, 38, 4]
    assert layout.fit(grid, 30) is None
