"""A figure beside its goal."""

import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured: ``goal`` is a bound from above, or from below when ``at_least``; None is for information."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None when there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


#: A benchmark: takes the scale (1.0 = the promised size) and yields its figures.
Benchmark = Callable[[float], Iterable[Figure]]


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print figures as a table; returns them."""
    shown = list(figures)
    table = Table(title=title, title_justify="left")
    for heading, justify in (("figure", "left"), ("measured", "right"), ("goal", "right"), ("", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for figure in shown:
        mark = {True: "reached", False: "MISSED", None: ""}[figure.reached]
        table.add_row(figure.name, f"{readable(figure.value)} {figure.unit}", goal_of(figure), mark)
    Console(width=120).print(table)
    return shown


def goal_of(figure: Figure) -> str:
    """The goal in words: ``≤ 30 s``."""
    if figure.goal is None:
        return ""
    return f"{'≥' if figure.at_least else '≤'} {readable(figure.goal)} {figure.unit}"


def readable(value: float) -> str:
    """Three or four significant digits, with thousands marked."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def machine() -> str:
    """The machine in one line: processor, cores, memory, Python."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
