"""Columns at one glance: whatever is read, sounded or digested by column is as one by one."""

from __future__ import annotations

import random
from datetime import date, datetime
from decimal import Decimal

import pytest
from conftest import EXAMPLE
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.seg.simpleseg import seg

from cm_cli.domain.fields import BadValueError, Context, Spoilt
from cm_cli.domain.likeness import likeness, pinyin, searched
from cm_cli.domain.register import kinds
from cm_cli.readers.registry import open_table
from cm_cli.store.content import canonical, canonicals, digest_of, digests_of

FIELDS = [(kind, each) for kind in kinds() for each in kind.given]
PLAIN = (
    "",
    "C0000001",
    "000001",
    "13800138000",
    "2016-03-31",
    "1234.56",
    "0.07",
    "12",
    "浙江",
    "yes",
    "2016-03",
    "09:30",
)
NASTY = (
    " 浙江 ", "浙江;江苏", "甲\u200b乙", "e\u0301", "\u0301", "é", "a\nb", "a\tb", "\r", "１２", "A\n", "\n", "C1\nC2", "\x1f", "\u3000",
    "\u3164", "x" * 41, "x" * 201, "甲" * 2001, "1e9", "1.5e+12", "-3", "0.001", "1.23456", 0.5, 0.125, 1234.56, 7, -7, 0.1234, 3.14159, "3.5", "4.25", "0.1234", "123456789012", "999999999999.99",
    "1234567890123", "12万元", "￥5", "(5.00)", "+86 138-0013-8000", "1380013800", "0571-87654321", "91350100M000100Y43",
    "2016-02-30", "20160331", "2016年3月", "no", "是", "是吗", "新", "regional", "区域性大型企业", "active", "C-1", "C 1", "客户",
    "'=1", None, 12, 12.0, 12.5, True, 10**15, 1e300, Decimal("1.5"), date(2016, 3, 31), datetime(2016, 3, 31), ["甲", "乙"], "-", "——", Spoilt("error-cell", "is an error", "#N/A", ""),  # noqa: DTZ001 - as a workbook gives it
)  # fmt: skip


@pytest.mark.parametrize(("kind", "each"), FIELDS, ids=[f"{k.name}.{f.name}" for k, f in FIELDS])
def test_a_column_is_read_as_its_cells_are(kind, each):
    chance = random.Random(f"{kind.name}{each.name}")  # noqa: S311 - a sample, no secret
    for unit in ("", "万元") if each.unit else ("",):
        context = Context(unit=unit)
        good = [cell for cell in (*PLAIN, *NASTY) if one(each, cell, context) is not BadValueError]
        for cells in columns_of(chance, good):
            expected = [one(each, cell, context) for cell in cells]
            if BadValueError in expected:
                with pytest.raises(BadValueError):
                    each.type.read_column(cells, context)
            else:
                found = each.type.read_column(cells, context)
                assert list(map(repr, found)) == list(map(repr, expected)), cells


def columns_of(chance, good):
    """Yield columns of like cells, of many kinds of cells, and with a few bad ones."""
    yield [""] * 3
    for cell in (*PLAIN, *NASTY):
        yield [cell]
        yield [cell, cell, ""]
    for size in (2, 3, 5, 40):
        for pool in (PLAIN, [c for c in good if isinstance(c, str)], good, (*PLAIN, *NASTY)):
            for _time in range(12 if pool else 0):
                some = chance.sample(pool, min(len(pool), chance.randint(1, 4)))
                yield tuple(chance.choices(some, k=size))


def one(each, cell, context):
    try:
        return each.type.read(cell, context)
    except BadValueError:
        return BadValueError


def names(count):
    """Return names of words, of parts of words, of any characters, and with what is no Chinese."""
    chance = random.Random(7)  # noqa: S311 - a sample, no secret
    words, signs = list(PHRASES_DICT), [chr(code) for code in PINYIN_DICT]
    others = (
        "有限公司",
        "(集团)",
        "Co., Ltd.",
        "ABC ",
        " 1",
        "ﬁ",
        "ınc",
        "İnc",
        "·",
        "公司",
        "\U00020005",
    )
    made = []
    for _name in range(count):
        parts = []
        for _part in range(chance.randint(1, 6)):
            word = chance.choice(words)
            parts.append(
                chance.choice(
                    (
                        word,
                        word[: chance.randint(1, 3)],
                        chance.choice(signs),
                        chance.choice(others),
                    )
                )
            )
        made.append("".join(parts))
    return [*made, "", "·", "曾国藩", "单雄信", "行", "公司", "A B", "长安银行", "ABC Ltd."]


def by_the_dictionary(name):
    """Return the pinyin of a Chinese text as the dictionary reads it, word by word."""
    parts = [part for word in seg(name) for part in lazy_pinyin(word, errors=list)]
    return "".join(parts), "".join(part[:1] for part in parts)


def test_names_sound_as_the_dictionary_reads_them():
    with open_table(EXAMPLE / "clients.xlsx") as table:
        companies = [row.cells[1] for row in table.rows]
    assert len(set(companies)) == 2929
    given = [*names(6000), *companies]
    sounds, initials, keys = searched(given)
    for name, key, *found in zip(given, keys, sounds, initials, strict=True):
        folded = "".join(sign for sign in key)
        assert likeness(name) == key
        assert pinyin(name) == tuple(found)
        if name.isalpha() and not name.isascii() and name == folded:  # nothing was folded
            assert tuple(found) == by_the_dictionary(name), name


def test_a_family_name_is_read_as_one_in_a_column_too():
    people = ["曾国藩", "单雄信", "解缙", "张三", "任我行", "Ann Lee"] * 500
    sounds, initials, _keys = searched(people, person=True)
    assert sounds[:6] == ["zengguofan", "shanxiongxin", "xiejin", "zhangsan", "renwoxing", "annlee"]
    assert (sounds[:6] * 500, initials[-1]) == (sounds, "al")


def test_digests_by_column_are_those_of_the_records():
    chance = random.Random(11)  # noqa: S311 - a sample, no secret
    for kind in kinds():
        for size in (1, 2, 30):
            pool = ("甲", '说"是"', "a\\b", "两\n行", "%s", "{}", "", "x")
            columns = {
                each.name: chance.choices((*pool, None), k=size)
                if chance.random() < 0.4
                else chance.choices(pool if chance.random() < 0.7 else (0, 7, -3, 2**62), k=size)
                for each in kind.fields
                if chance.random() < 0.9
            }
            records = [{n: column[at] for n, column in columns.items()} for at in range(size)]
            assert canonicals(columns) == [canonical(record) for record in records]
            expected = [digest_of(kind, row, record) for row, record in enumerate(records, 5)]
            assert digests_of(kind, range(5, 5 + size), columns) == expected


def test_records_without_a_field_that_all_have_are_digested_one_by_one():
    columns = {"a": [None, "甲"], "b": [1, None]}
    assert canonicals(columns) == ['{"b":1}', '{"a":"甲"}']
