"""Engines by the name the command line gives them. Each is loaded when it is asked for: a server needs none."""

from collections.abc import Callable, Mapping
from typing import Final

from liuke.data.tags.engine.model import Engine

DEFAULT: Final = "kernel"


def engine(name: str) -> Engine:
    """The engine of a name. Raises KeyError."""
    return _ENGINES[name]()


def _kernel() -> Engine:
    from liuke.data.tags.engine.fast import KernelEngine

    return KernelEngine()


def _duckdb() -> Engine:
    from liuke.data.tags.engine.duck import DuckEngine

    return DuckEngine()


def _spark() -> Engine:
    from liuke.data.tags.engine.spark import SparkEngine

    return SparkEngine()


_ENGINES: Final[Mapping[str, Callable[[], Engine]]] = {DEFAULT: _kernel, "duckdb": _duckdb, "spark": _spark}
