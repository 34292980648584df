"""``make bench``: run every benchmark, or those named, and print figures beside goals.

    python -m bench [NAME …] [--scale 0.1] [--record]

``--scale`` shrinks or grows the data (1.0 = the promised size); ``--record`` writes what was run into its section of
bench/RESULTS.md, with date, scale, load and machine; remarks below a section's table stay.
"""

import argparse
import importlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.figure import Figure, goal_of, machine, readable, show

#: In the order of the house: from the kernel to the page.
NAMES = (
    "crypto",
    "rule",
    "twinbank",
    "ingest",
    "pipelines",
    "identity",
    "tags",
    "profile",
    "graph",
    "audit",
    "segments",
    "clusters",
    "gate",
    "behaviour",
)


_RESULTS: Final = Path(__file__).with_name("RESULTS.md")
_TITLE: Final = '# Results of the last full runs\n\nEach section is written by `make bench ARGS="NAME --record"`.\n'
#: A section's name, and what was written below its table.
_SECTION: Final = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_TABLE_END: Final = re.compile(r"\A.*\|\n", re.DOTALL)


def main() -> None:
    """Run and print; the exit code does not judge, the table does."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", choices=[*NAMES, []])
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--record", action="store_true")
    asked = options.parse_args()
    for name in asked.names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        busy = os.getloadavg()[0]
        figures = show(name, module.figures(asked.scale))
        if asked.record:
            table = _table(figures, f"scale {asked.scale:g} · load at the start {busy:.1f}")
            _RESULTS.write_text(recorded(_RESULTS.read_text(encoding="utf-8"), {name: table}), encoding="utf-8")


def recorded(page: str, tables: Mapping[str, str]) -> str:
    """The page of results with these sections' tables in place of the former ones, in the order of the house."""
    sections = {name: body.strip() for name, body in _SECTION.findall(page)}
    for name, table in tables.items():
        remarks = _TABLE_END.sub("", sections.get(name, "") + "\n").strip()
        sections[name] = f"{table}\n\n{remarks}".strip()
    written = [f"## {name}\n\n{sections[name]}\n" for name in NAMES if name in sections]
    return "\n".join([_TITLE, *written])


def _table(figures: Sequence[Figure], how: str) -> str:
    lines = [f"{datetime.now(UTC).date().isoformat()} · {machine()} · {how}", ""]
    lines += ["| figure | measured | goal | |", "|---|---:|---:|---|"]
    for figure in figures:
        mark = {True: "reached", False: "**missed**", None: ""}[figure.reached]
        lines.append(f"| {figure.name} | {readable(figure.value)} {figure.unit} | {goal_of(figure)} | {mark} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
