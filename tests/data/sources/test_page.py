from pathlib import Path

from liuke.data.sources.canonical import CANONICAL, CODES, KEYS, REQUIRED
from liuke.data.sources.page import render

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_of_the_canonical_model_says_what_the_code_says() -> None:
    assert (DOCS / "canonical-model.md").read_text(encoding="utf-8") == render()


def test_every_canonical_table_begins_with_the_common_columns_and_names_real_ones() -> None:
    for name, table in CANONICAL.items():
        names = [column.name for column in table.columns]
        assert table.columns[: len(KEYS)] == KEYS
        assert len(set(names)) == len(names)
        assert set(REQUIRED.get(name, ())) <= set(names)
        assert all(column.meaning for column in table.columns)
    assert all(column in {one.name for one in CANONICAL[table].columns} for table, column in CODES)
