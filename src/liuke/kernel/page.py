"""Keyset pages: a list is read from where the last page ended, never by counting rows past."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import orjson

from liuke.kernel.errors import Invalid

T = TypeVar("T")
U = TypeVar("U")

MAX_LIMIT: Final = 200


class BadCursor(Invalid):
    """翻页位置已失效。请回到第一页。"""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page: its items, in order, and the opaque cursor of the next page (``None`` on the last)."""

    items: Sequence[T]
    next_cursor: str | None

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        """The same page with every item changed."""
        return Page([change(item) for item in self.items], self.next_cursor)


def encode_cursor(*key: object) -> str:
    """The sort key of the last row shown, as an opaque URL-safe text."""
    return base64.urlsafe_b64encode(orjson.dumps(key, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str, *, size: int) -> list[object]:
    """The sort key inside a cursor, ``size`` parts long.

    Raises: BadCursor when the text is not a cursor of that size.
    """
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as fault:
        raise BadCursor from fault
    if not isinstance(key, list) or len(key) != size:
        raise BadCursor
    return key


def read_cursor(cursor: str, *kinds: Callable[[str], object]) -> list[Any]:
    """The sort key inside a cursor, each part read by its kind: ``read_cursor(text, datetime.fromisoformat, UUID)``.

    Raises: BadCursor when the text is not a cursor of those kinds, such as one of another list.
    """
    try:
        return [kind(str(part)) for kind, part in zip(kinds, decode_cursor(cursor, size=len(kinds)), strict=True)]
    except (ValueError, OverflowError) as fault:
        raise BadCursor from fault


def whole(text: str) -> int:
    """A whole number that PostgreSQL and DuckDB can hold. Raises ValueError."""
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError("beyond 64 bits")
    return number


def page_of(rows: Sequence[T], *, limit: int, key: Callable[[T], Sequence[object]]) -> Page[T]:
    """A page from ``limit + 1`` rows read: the extra row only tells that there is a next page."""
    shown = rows[:limit]
    return Page(shown, encode_cursor(*key(shown[-1])) if len(rows) > limit else None)
