"""The layout of every file twinbank writes: read from layout/*.toml, which the documentation is rendered from too."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SYSTEMS = ("core", "loan", "card", "wealth", "app", "callcentre", "wecom", "crm")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `width` is bytes and only set for fixed-width fields."""

    name: str
    type: str
    meaning: str
    dirt: str

    @property
    def width(self) -> int:
        """Width in bytes of `X(10)`, `V(60)`, `N(12)` or `N(16,2)`."""
        return int(self.type[2:-1].split(",")[0])


@dataclass(frozen=True, slots=True)
class File:
    """One file (or one sheet of a workbook) of a source system."""

    system: str
    name: str
    title: str
    key: tuple[str, ...]
    identifies: tuple[str, ...]
    columns: tuple[Column, ...]
    sheet: str

    @property
    def names(self) -> list[str]:
        """Column names in file order."""
        return [column.name for column in self.columns]

    @property
    def widths(self) -> dict[str, int]:
        """Column name → width in bytes (fixed-width files)."""
        return {column.name: column.width for column in self.columns}


@dataclass(frozen=True, slots=True)
class System:
    """One source system: its files, format and the column that numbers its customers."""

    name: str
    title: str
    format: str
    person_key: str
    files: tuple[File, ...]


def _columns(text: str) -> tuple[Column, ...]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return tuple(Column(*(cell.strip() for cell in [*row, ""][:4])) for row in rows)


@cache
def system(name: str) -> System:
    """The layout of one source system, e.g. `system("core")`."""
    page = tomllib.loads((files("twinbank") / "layout" / f"{name}.toml").read_text(encoding="utf-8"))
    tables = tuple(
        File(
            system=name,
            name=table["name"],
            title=table["title"],
            key=tuple(table["key"]),
            identifies=tuple(table.get("identifies", ())),
            columns=_columns(table["columns"]),
            sheet=table.get("sheet", ""),
        )
        for table in page["file"]
    )
    return System(page["system"], page["title"], page["format"], page["person_key"], tables)


def table(name: str, stem: str) -> File:
    """One file of a system by the start of its name (or its sheet): `table("core", "TRAN")`."""
    return next(file for file in system(name).files if stem in (file.name.split("_")[0], file.sheet))


def _rows(file: File) -> list[str]:
    fixed = file.system == "card"
    lines = [f"| # | column | type |{' starts |' if fixed else ''} meaning | dirt |"]
    lines.append("|---" * (6 if fixed else 5) + "|")
    at = 1
    for number, column in enumerate(file.columns, start=1):
        place = f" {at} |" if fixed else ""
        lines.append(f"| {number} | `{column.name}` | {column.type} |{place} {column.meaning} | {column.dirt} |")
        at += column.width if fixed else 0
    return lines


def render() -> str:
    """docs/twinbank.md as Markdown."""
    intro = tomllib.loads((files("twinbank") / "layout" / "intro.toml").read_text(encoding="utf-8"))
    out: list[str] = intro["text"].splitlines()
    for name in SYSTEMS:
        page = system(name)
        out += [f"## {page.title} (`sources/{name}/`)", "", page.format, ""]
        out += [f"Customer number: `{page.person_key}`.", ""]
        for file in page.files:
            sheet = f", sheet `{file.sheet}`" if file.sheet else ""
            out += [f"### `{file.name}`{sheet} — {file.title}", "", f"Key: {', '.join(f'`{k}`' for k in file.key)}."]
            if file.identifies:
                out[-1] += f" Identifies a person: {', '.join(f'`{k}`' for k in file.identifies)}."
            out += ["", *_rows(file), ""]
    return "\n".join(out).rstrip() + "\n"
