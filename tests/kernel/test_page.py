"""Keyset pages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.page import BadCursor, decode_cursor, encode_cursor, page_of, read_cursor, whole


@given(st.lists(st.integers(0, 10**9) | st.text(max_size=20), min_size=1, max_size=4))
def test_a_cursor_leads_back_to_its_key(key: list[object]) -> None:
    assert decode_cursor(encode_cursor(*key), size=len(key)) == key


@pytest.mark.parametrize("cursor", ["", "!!", "e30", encode_cursor(1), "\x00", "A" * 500])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(cursor, size=2)


@given(st.integers(0, 60), st.integers(1, 20))
def test_pages_hold_every_row_once(total: int, limit: int) -> None:
    rows = list(range(total))
    seen: list[int] = []
    start = 0
    while True:
        page = page_of(rows[start : start + limit + 1], limit=limit, key=lambda row: (row,))
        seen += page.items
        if page.next_cursor is None:
            break
        start = int(str(decode_cursor(page.next_cursor, size=1)[0])) + 1
    assert seen == rows


@pytest.mark.parametrize("key", [("x", 1), (None, 1), (True, 1), (1, "9" * 30), (1, "\0"), ([1], 1), (1, 1.5), (1,)])
def test_a_cursor_of_another_list_is_refused(key: tuple[object, ...]) -> None:
    with pytest.raises(BadCursor):
        read_cursor(encode_cursor(*key), whole, whole)


def test_a_cursor_is_read_by_its_kinds() -> None:
    assert read_cursor(encode_cursor("2026-11-02", 7), date.fromisoformat, whole) == [date(2026, 11, 2), 7]
