"""Money in minor units. No float ever holds an amount."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from liuke.kernel.errors import Invalid

#: Digits after the decimal point by currency (ISO 4217); those not named have two.
MINOR_DIGITS: Final = {"JPY": 0, "KRW": 0}


class CurrencyMismatch(Invalid):
    """币种不同({left} 与 {right})，不能相加减。请先折算为同一币种。"""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: ``minor`` whole minor units (分 for CNY) of ``currency`` (ISO 4217 code)."""

    minor: int
    currency: str = "CNY"

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str = "CNY") -> "Money":
        """From major units (元), rounded half away from zero to the minor unit."""
        scale = Decimal(10) ** MINOR_DIGITS.get(currency, 2)
        return cls(int((Decimal(amount) * scale).quantize(Decimal(1), ROUND_HALF_UP)), currency)

    @property
    def major(self) -> Decimal:
        """The amount in major units (元)."""
        return Decimal(self.minor).scaleb(-MINOR_DIGITS.get(self.currency, 2))

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.major:,} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
