"""From a canonical row to a product on the shelf, or what is wrong with it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from liuke.data.products.model import TIERS, ProductKind, ProductRisk, Status

E = TypeVar("E", bound=StrEnum)

_MAX_NUMBER: Final = 40
_MAX_TEXT: Final = 200
#: Selling points kept, and the longest of them.
_MAX_POINTS: Final = 20
#: Longest term: a hundred years. Rates lie between -100 % and 1,000 %.
_MAX_DAYS: Final = 36_500
_RATES: Final = (-10_000, 100_000)
_MAX_AMOUNT: Final = 10**15


class BadRow(ValueError):
    """A product's row cannot be shelved; the text says why, in Chinese."""


def shelved(row: Mapping[str, object]) -> dict[str, object]:
    """The columns of a product. Raises BadRow."""
    product: dict[str, object] = {
        "product_no": _number(row),
        "name": _text(row, "name") or _number(row),
        "kind": _one_of(ProductKind, row, "kind"),
        "risk": _one_of(ProductRisk, row, "risk") if _text(row, "risk") else None,
        "term_days": _whole(row, "term_days", 0, _MAX_DAYS),
        "min_amount": _whole(row, "min_amount", 0, _MAX_AMOUNT),
        "currency": _text(row, "currency") or "CNY",
        "status": _one_of(Status, row, "status") if _text(row, "status") else Status.OPEN,
        "issuer": _text(row, "issuer"),
        "closed_reason": _text(row, "closed_reason"),
    }
    product |= {name: _whole(row, name, *_RATES) for name in ("rate_bp", "benchmark_low_bp", "benchmark_high_bp")}
    product |= {name: _day(row, name) for name in ("sale_from", "sale_to", "starts_on", "matures_on")}
    _check_order(product)
    return product


def described(row: Mapping[str, object]) -> dict[str, object]:
    """What marketing says of a product, as far as the row says it: tiers it suits, selling points."""
    tiers, points = _texts(row, "suitable_tiers"), _texts(row, "selling_points")
    return {"suitable_tiers": [tier for tier in tiers if tier in TIERS], "selling_points": points[:_MAX_POINTS]}


def _check_order(product: Mapping[str, object]) -> None:
    for first, second, reason in (
        ("sale_from", "sale_to", "募集结束早于开始"),
        ("starts_on", "matures_on", "到期日早于起息日"),
        ("benchmark_low_bp", "benchmark_high_bp", "业绩基准下限高于上限"),
    ):
        low, high = product[first], product[second]
        if low is not None and high is not None and low > high:  # type: ignore[operator]  # both dates, or both ints
            raise BadRow(reason)


def _number(row: Mapping[str, object]) -> str:
    number = _text(row, "product_no")
    if not number or len(number) > _MAX_NUMBER or "/" in number:
        raise BadRow("产品编号为空、过长或含斜杠")
    return number


def _one_of(kind: type[E], row: Mapping[str, object], name: str) -> E:
    try:
        return kind(_text(row, name))
    except ValueError:
        raise BadRow(f"{name} 的值 {_text(row, name)[:20]!r} 不在允许范围") from None


def _whole(row: Mapping[str, object], name: str, low: int, high: int) -> int | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadRow(f"{name} 应为 {low} 至 {high} 的整数")
    return value


def _day(row: Mapping[str, object], name: str) -> date | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadRow(f"{name} 应为日期")
    return value


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).replace("\0", "").strip()[:_MAX_TEXT]


def _texts(row: Mapping[str, object], name: str) -> list[str]:
    value = row.get(name)
    if not isinstance(value, list | tuple):
        return []
    return [str(part).replace("\0", "").strip()[:_MAX_TEXT] for part in value if str(part).strip()]
