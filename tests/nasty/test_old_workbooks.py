"""Old workbooks, those of WPS and OpenDocument: read by their bytes, lone or as a bundle."""

from __future__ import annotations

import books
import pytest
from conftest import rows

CLIENTS = [(0, 0, "客户编号"), (0, 1, "客户名称"), (1, 0, "001"), (1, 1, "甲")]


@pytest.mark.parametrize("suffix", ["et", "xls", "csv", "xlsx", "dat"])
def test_a_wps_workbook_is_an_old_one_whatever_it_is_called(store, ok, tmp_path, suffix):
    file = books.xls(tmp_path / f"c.{suffix}", CLIENTS)
    ok("import", "clients", file)
    assert rows(store, "SELECT code, name FROM client") == [("001", "甲")]
    assert "Nothing to change" in ok("import", "all", file).err


@pytest.mark.parametrize("suffix", ["ods", "xlsx", "et"])
def test_an_open_document_is_read_whatever_it_is_called(store, ok, tmp_path, suffix):
    sheet = books.cells("客户编号", "客户名称") + books.cells("001", "甲")
    file = books.ods(tmp_path / f"c.{suffix}", sheet)
    ok("import", "all", file)
    assert rows(store, "SELECT code, name FROM client") == [("001", "甲")]
    assert "Nothing to change" in ok("import", "clients", file).err


def test_a_folder_may_hold_tables_of_every_format(store, ok, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    books.xls(folder / "clients.et", CLIENTS)
    books.ods(
        folder / "机构.ods", books.cells("机构", "机构类别") + books.cells("杭州分行", "经营行")
    )
    manager = "- {}: M1\n  name: 林一\n  unit: 杭州分行\n  grade: 客户经理\n"
    (folder / "managers.txt").write_text(manager.format("code"), encoding="utf-8")
    leave = '[{"manager": "M1", "first": "2016-03-01", "last": "2016-03-02"}]'
    (folder / "leaves.json").write_text(leave, encoding="utf-16")
    ok("import", "all", folder)
    for kind in ("client", "unit", "manager", "leave"):
        assert rows(store, f"SELECT count(*) FROM {kind}") == [(1,)], kind
