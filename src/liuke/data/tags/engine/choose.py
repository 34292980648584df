"""Engines by the name the command line gives them."""

from collections.abc import Mapping
from typing import Final

from liuke.data.tags.engine.duck import DuckEngine
from liuke.data.tags.engine.model import Engine

_ENGINES: Final[Mapping[str, Engine]] = {"duckdb": DuckEngine()}


def engine(name: str) -> Engine:
    """The engine of a name. Raises KeyError."""
    return _ENGINES[name]
