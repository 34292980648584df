"""Interest and yield rates in basis points."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A yearly rate: ``bp`` whole basis points (1 bp = 0.01 %)."""

    bp: int

    @classmethod
    def of_percent(cls, percent: Decimal | str | int) -> "Rate":
        """From percent, rounded half away from zero: ``Rate.of_percent("2.15") == Rate(215)``."""
        return cls(int((Decimal(percent) * 100).quantize(Decimal(1), ROUND_HALF_UP)))

    @property
    def percent(self) -> Decimal:
        """The rate in percent."""
        return Decimal(self.bp).scaleb(-2)

    def __str__(self) -> str:
        return f"{self.percent:.2f}%"
