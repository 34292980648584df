"""What others may ask of sources."""

from collections.abc import Sequence
from uuid import UUID

from liuke.data.sources.model import ContractText, Lineage, Load, Problem, QuarantinedRow, SourceView
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page


def sources(bank: Bank, actor: Actor) -> Sequence[SourceView]:
    """All sources with freshness and counts."""
    raise NotImplementedError


def source(bank: Bank, actor: Actor, *, source: str) -> SourceView:
    """One source with freshness and counts."""
    raise NotImplementedError


def loads(bank: Bank, actor: Actor, *, source: str, cursor: str | None, limit: int) -> Page[Load]:
    """Loads of one source (or of all), newest first."""
    raise NotImplementedError


def load(bank: Bank, actor: Actor, *, load_id: UUID) -> Load:
    """One load."""
    raise NotImplementedError


def quarantine(bank: Bank, actor: Actor, *, load_id: UUID, cursor: str | None, limit: int) -> Page[QuarantinedRow]:
    """Rows of a load that were set aside."""
    raise NotImplementedError


def contract(bank: Bank, actor: Actor, *, source: str, version: int | None = None) -> ContractText:
    """A contract's text: the one in force, or an earlier version."""
    raise NotImplementedError


def check_contract(bank: Bank, actor: Actor, *, text: str) -> tuple[str, Sequence[Problem]]:
    """The name a contract's text gives itself, and every error in it."""
    raise NotImplementedError


def save_contract(bank: Bank, actor: Actor, *, source: str, text: str, base_version: int) -> ContractText:
    """Save a new version of a contract."""
    raise NotImplementedError


def lineage(bank: Bank, actor: Actor, *, table: str = "", source: str = "") -> Sequence[Lineage]:
    """Ways from source columns to canonical columns."""
    raise NotImplementedError


def start(bank: Bank, actor: Actor, *, source: str) -> UUID:
    """Load one source (empty = all) in the background; returns the run's id."""
    raise NotImplementedError
