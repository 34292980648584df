"""``make bench``: run every benchmark, or those named, and print figures beside goals.

    python -m bench [NAME …] [--scale 0.1] [--record]

``--scale`` shrinks or grows the data (1.0 = the promised size); ``--record`` writes bench/RESULTS.md.
"""

import argparse
import importlib
from datetime import UTC, datetime
from pathlib import Path

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


def main() -> None:
    """Run and print; the exit code does not judge, the table does."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", choices=[*NAMES, []])
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--record", action="store_true")
    asked = options.parse_args()
    results: dict[str, list[Figure]] = {}
    for name in asked.names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        results[name] = show(name, module.figures(asked.scale))
    if asked.record:
        Path(__file__).with_name("RESULTS.md").write_text(_report(results, asked.scale), encoding="utf-8")


def _report(results: dict[str, list[Figure]], scale: float) -> str:
    today = datetime.now(UTC).date().isoformat()
    lines = [
        "# Results of the last full run",
        "",
        f"{today} · {machine()} · scale {scale:g} · `make bench ARGS=--record`",
        "",
    ]
    for name, figures in results.items():
        lines += [f"## {name}", "", "| figure | measured | goal | |", "|---|---:|---:|---|"]
        for figure in figures:
            mark = {True: "reached", False: "**missed**", None: ""}[figure.reached]
            lines.append(f"| {figure.name} | {readable(figure.value)} {figure.unit} | {goal_of(figure)} | {mark} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
