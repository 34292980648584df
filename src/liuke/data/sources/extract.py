"""Databases and web services as files: dlt reads them, what it read lands as a raw copy like any other file."""

from collections.abc import Iterator
from typing import Final

from liuke.data.sources.arrive import Arrival
from liuke.data.sources.land import Landed
from liuke.data.sources.model import Format
from liuke.data.sources.plan import Plan
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

REMOTE: Final = (Format.SQL, Format.REST)


def extracts(bank: Bank, actor: Actor, plan: Plan) -> Iterator[tuple[Landed, Arrival, str]]:
    """What is new at the source since the last cursor, landed, with the cursor to go on from."""
    raise NotImplementedError
