"""Engines by the name the command line gives them. Each is loaded when it is asked for: a server needs one."""

from collections.abc import Callable, Mapping
from typing import Final

from liuke.insight.segments.batch.model import BatchEngine

DEFAULT: Final = "kernel"


def engine(name: str) -> BatchEngine:
    """The engine of a name. Raises KeyError."""
    return _ENGINES[name]()


def _kernel() -> BatchEngine:
    from liuke.insight.segments.batch.counting import CountingEngine

    return CountingEngine()


def _duckdb() -> BatchEngine:
    from liuke.insight.segments.batch.duck import DuckEngine

    return DuckEngine()


def _spark() -> BatchEngine:
    from liuke.insight.segments.batch.spark import SparkEngine

    return SparkEngine()


_ENGINES: Final[Mapping[str, Callable[[], BatchEngine]]] = {DEFAULT: _kernel, "duckdb": _duckdb, "spark": _spark}
