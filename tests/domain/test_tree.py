"""Trees of names: how a spelling finds its code, what covers what, and what a tree refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cm_cli.domain.tree import Tree
from cm_cli.errors import CmError, Exit

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "cm_cli" / "reference"
COMPANIES = ROOT / "examples" / "listed-companies" / "source" / "listed-companies-2016.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tree(text: str) -> Tree:
    """Build a tree from lines ``zh,en,parent,aliases``."""
    return Tree.of(csv.DictReader(["zh,en,parent,aliases", *text.split()]), "names.csv")


@pytest.fixture(scope="module")
def regions() -> Tree:
    return Tree.of(rows(REFERENCE / "regions.csv"), "regions.csv")


@pytest.fixture(scope="module")
def industries() -> Tree:
    return Tree.of(rows(REFERENCE / "industries.csv"), "industries.csv")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("杭州", "杭州"),
        (" 杭州市\u3000", "杭州"),
        ("浙 江", "浙江"),
        ("内蒙", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("香港特别行政区", "香港"),
        ("台湾地区", "台湾"),
        ("锡林郭勒盟", "锡林郭勒"),
        ("延边朝鲜族自治州", "延边"),
        ("hangzhou", "杭州"),
        ("HONG KONG", "香港"),
        ("Xi’an", "西安"),
        ("ＳＨＡＮＧＨＡＩ", "上海"),
        ("浙江省杭州市", "杭州"),
        ("吉林省吉林市", "吉林市"),
        ("吉林市", "吉林市"),
        ("吉林", "吉林"),
        ("海南藏族自治州", "海南州"),
        ("海南省", "海南"),
        ("宿州", "宿州"),
        ("Suzhou (Anhui)", "宿州"),
    ],
)
def test_a_region_is_found_however_it_is_written(regions: Tree, written: str, code: str) -> None:
    assert regions.canonical(written) == code
    assert regions.known(written)


@pytest.mark.parametrize(
    "written", ["亚特兰蒂斯", "朝阳区", "北京市朝阳区", "上海省", "Taizhou", ""]
)
def test_unknown_text_stays_as_it_is(regions: Tree, written: str) -> None:
    assert regions.canonical(f" {written} ") == written
    assert not regions.known(written)


@pytest.mark.parametrize(
    ("wide", "narrow", "depth"),
    [
        ("浙江", "浙江省", 0),
        ("浙江", "杭州", 1),
        ("华东", "杭州", 2),
        ("全国", "杭州", 3),
        ("全国", "全国", 0),
        ("广东", "深圳", 1),
        ("杭州", "浙江", None),
        ("江苏", "杭州", None),
        ("吉林", "吉林市", 1),
        ("海南", "海南州", None),
        ("青海", "海南州", 1),
        ("全国", "火星", 1),
        ("火星", "火星 ", 0),
        ("火星", "水星", None),
        ("华东", "火星", None),
        ("火星", "杭州", None),
    ],
)
def test_a_wide_name_covers_the_names_below_it(
    regions: Tree, wide: str, narrow: str, depth: int | None
) -> None:
    assert regions.depth_between(wide, narrow) == depth
    assert regions.covers(wide, narrow) is (depth is not None)


def test_ancestors_are_nearest_first_and_descendants_below_their_parent(regions: Tree) -> None:
    assert regions.ancestors("杭州市") == ("浙江", "华东", "全国")
    assert regions.ancestors("火星") == ("全国",)
    assert regions.ancestors("全国") == ()
    assert regions.descendants("浙江")[:2] == ("杭州", "宁波")
    assert regions.descendants("华南")[:2] == ("广东", "广州")
    assert set(regions.descendants("全国")) == set(regions.nodes) - {"全国"}
    assert regions.descendants("火星") == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("杭洲", "杭州"),
        ("苏洲", "苏州"),
        ("Hangzho", "杭州"),
        ("呼和", "呼和浩特"),
        ("浙江分行", "浙江"),
        ("Taizhou", ""),  # two cities
        ("航州", ""),  # as near to a hundred others
        ("火星", ""),
        (" ", ""),
    ],
)
def test_a_slip_is_answered_with_the_one_name_near_it(
    regions: Tree, written: str, meant: str
) -> None:
    assert regions.suggest(written) == meant


def test_the_country_is_whole(regions: Tree) -> None:
    parts = {area: regions._below[area] for area in regions._below["全国"]}
    assert list(parts) == ["华北", "东北", "华东", "华中", "华南", "西南", "西北", "港澳台"]
    provinces = [province for area in parts.values() for province in area]
    assert len(provinces) == 34
    counted = ("浙江", "江苏", "吉林", "广东", "云南")
    below = {p: sum("市" in full(regions, c) for c in regions.descendants(p)) for p in counted}
    assert below == {"浙江": 11, "江苏": 13, "吉林": 8, "广东": 21, "云南": 8}
    assert len([c for c in regions.nodes if full(regions, c).endswith("自治州")]) == 30


def full(regions: Tree, code: str) -> str:
    return next(iter(regions.nodes[code].aliases), code) if code != "吉林市" else code


def test_every_area_and_industry_of_the_companies_is_in_the_trees(
    regions: Tree, industries: Tree
) -> None:
    companies = rows(COMPANIES)
    areas = {row["area"] for row in companies}
    trades = {row["industry"] for row in companies}
    assert (len(areas), len(trades)) == (32, 110)
    assert [area for area in areas if not regions.known(area)] == []
    assert [trade for trade in trades if industries.canonical(trade) not in industries.nodes] == []
    assert [trade for trade in trades if industries.descendants(trade)] == []


def test_industries_hang_under_sectors_and_four_great_branches(industries: Tree) -> None:
    assert industries._below["全行业"] == ("农业与采掘", "制造业", "贸易业", "服务业")
    assert industries.covers("制造", "中成药")
    assert industries.covers("贸易", "百货")
    assert industries.covers("服务", "软件服务")
    assert industries.ancestors("铜") == ("有色金属", "制造业", "全行业")
    groups = ["党政机关", "学校", "医院", "集团", "银行", "电信", "建筑", "商业", "餐饮"]
    assert [name for name in groups if industries.canonical(name) != name] == []
    assert all(node.en.isascii() for node in industries.nodes.values())


def test_a_tree_of_ones_own_takes_endings_it_was_not_told() -> None:
    own = tree("本市,,,\n城东,East,本市,\n城西,,本市,西城")
    assert own.canonical("城东地区") == "城东"
    assert own.covers("本市", "西城")


def test_two_roots_cover_no_unknown_name() -> None:
    own = tree("甲,,,\n乙,,,\n丙,,甲,")
    assert own.root == ""
    assert own.depth_between("甲", "丁") is None
    assert own.ancestors("丁") == ()


def test_the_memory_of_spellings_is_bounded(regions: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cm_cli.domain.tree._MEMORY", 10)
    for number in range(50):
        assert regions.canonical(f" 村{number}") == f"村{number}"
    assert len(regions._memory) <= 10


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("甲,A,,\n甲,B,,", [("tree-name-twice", 3, "甲")]),
        ("甲,A,,\n乙,a,甲,", [("tree-name-twice", 3, "a")]),
        ("甲,A,,阿\n乙,B,甲,阿", [("tree-name-twice", 3, "阿")]),
        (",A,,\n乙,B,丙,", [("tree-no-name", 2, ""), ("tree-no-parent", 3, "丙")]),
        ("甲,,乙,\n乙,,甲,\n丙,,甲,", [("tree-circle", 0, "甲"), ("tree-circle", 0, "乙")]),
        ("甲,,甲,", [("tree-circle", 0, "甲")]),
    ],
)
def test_rows_that_make_no_tree_are_refused_with_all_findings(
    text: str, findings: list[tuple[str, int, str]]
) -> None:
    with pytest.raises(CmError) as refused:
        tree(text)
    found = [(p.slug, p.where.line if p.where else 0, p.value) for p in refused.value.problems]
    assert found == findings
    assert (refused.value.slug, refused.value.code) == ("tree-refused", Exit.DATA_REFUSED)
