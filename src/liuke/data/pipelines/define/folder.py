"""Definitions as text files: every ``*.toml`` of the folder becomes a version; what a screen saves is written back."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liuke.data.pipelines.define.read import MAX_TEXT, read
from liuke.data.pipelines.model import Definition, Problem
from liuke.kernel.bank import Bank

_HISTORY: Final = "history"


@dataclass(frozen=True, slots=True)
class Found:
    """A file: its place, its text, and the definition it states or what is wrong with it."""

    path: Path
    text: str
    definition: Definition | None
    problems: tuple[Problem, ...]


def found(folder: Path) -> Iterator[Found]:
    """Every definition below a folder, by path; earlier versions kept beside are left out."""
    for path in sorted(folder.rglob("*.toml")) if folder.is_dir() else ():
        if _HISTORY not in path.relative_to(folder).parts:
            yield one(path)


def one(path: Path) -> Found:
    """One file."""
    try:
        with path.open(encoding="utf-8") as handle:
            text = handle.read(MAX_TEXT + 1)
    except UnicodeDecodeError:
        return Found(path, "", None, (Problem("", 0, 0, "定义须是 UTF-8 编码的文字。"),))
    definition, problems = read(text)
    return Found(path, text, definition, problems)


def save(bank: Bank, name: str, text: str, *, version: int) -> None:
    """Put a definition's text in its file and keep it by version; a reader sees the old text or the new, whole."""
    folder = bank.settings.pipelines_dir
    (folder / _HISTORY).mkdir(parents=True, exist_ok=True)
    (folder / _HISTORY / f"{name}.{version}.toml").write_text(text, encoding="utf-8")
    known = next((file.path for file in found(folder) if file.definition and file.definition.name == name), None)
    target = known or folder / f"{name}.toml"
    draft = target.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    with draft.open("rb") as handle:
        os.fsync(handle.fileno())
    draft.replace(target)
