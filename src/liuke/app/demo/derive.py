"""The derived tables of the twin bank: balances, salaries kept, browsing at night, what follows a maturity."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from liuke.data import pipelines
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

_DEFINITIONS: Final = Path(__file__).parent / "derived"


def derive(bank: Bank, actor: Actor, report: Callable[[float, str], None]) -> None:
    """Save, publish and build the tables; those that are up to date are left."""
    names = pipelines.install(bank, actor, sorted(_DEFINITIONS.glob("*.toml")))
    for number, name in enumerate(names):
        report(number / len(names), name)
        pipelines.bring(bank, actor, name, pipelines.Wanted())
