"""Where each key of a TOML text stands, so that an error can point at it."""

import re
from typing import Final

_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY: Final = re.compile(r"""^\s*("[^"]+"|'[^']+'|[\w.-]+)\s*=\s*""")


def places(text: str) -> dict[str, tuple[int, int, int]]:
    """Line, column (from 1) and column of the value of each key, by its path: ``tables[1].columns.name``."""
    found: dict[str, tuple[int, int, int]] = {}
    counts: dict[str, int] = {}
    prefix = ""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if header := _HEADER.match(line):
            prefix = _prefix(header[1], header[2], counts)
            found[prefix] = (number, line.index("[") + 1, line.index("[") + 1)
        elif key := _KEY.match(line):
            path = f"{prefix}.{_bare(key[1])}" if prefix else _bare(key[1])
            found[path] = (number, len(line) - len(line.lstrip()) + 1, key.end() + 1)
            fence = next((mark for mark in ('"""', "'''") if line[key.end() :].count(mark) == 1), "")
    return found


def place_of(found: dict[str, tuple[int, int, int]], path: str) -> tuple[int, int, int]:
    """The place of a path, or of the nearest key around it; zeros when there is none."""
    while path:
        if path in found:
            return found[path]
        path = path.rpartition(".")[0]
    return (0, 0, 0)


def _bare(key: str) -> str:
    return key.strip("\"'")


def _prefix(bracket: str, name: str, counts: dict[str, int]) -> str:
    """The path of a table header; ``[tables.columns]`` belongs to the last ``[[tables]]``."""
    parts = [_bare(part.strip()) for part in name.split(".")]
    if bracket == "[[":
        counts[name] = counts.get(name, -1) + 1
        return f"{name}[{counts[name]}]"
    if parts[0] in counts:
        parts[0] = f"{parts[0]}[{counts[parts[0]]}]"
    return ".".join(parts)
