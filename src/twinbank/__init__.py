"""twinbank: 澜江银行, a Chinese regional bank that does not exist, as its eight source systems deliver it.

What it answers: does Liuke work on a bank's data, and does it find what is true? Every file has the dirt of real
systems (docs/twinbank.md states layouts and rates), and the truth is written beside it, where Liuke never looks.

    twinbank.make(out, customers=20_000, months=12, seed=7)      the whole bank
    twinbank.population(1_000_000, seed=7)                       party records only, with their truth
"""

from twinbank.population import population
from twinbank.produce import make

__all__ = ["make", "population"]
