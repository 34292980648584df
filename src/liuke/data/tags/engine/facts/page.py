"""The page of the fact store: which files count. It is replaced in one step."""

import os
from dataclasses import asdict
from pathlib import Path

import orjson

from liuke.data.tags.engine.facts.model import Kept, Page


def table_folder(root: Path, name: str) -> Path:
    """Where a table's segments lie."""
    return root / name


def load(root: Path) -> Page:
    """The page; an empty one where there is none."""
    path = root / "page.json"
    if not path.is_file():
        return Page()
    told = orjson.loads(path.read_bytes())
    tables = {
        name: Kept(tuple(one["segments"]), tuple(one["files"]), one["facets"], one["since"])
        for name, one in told["tables"].items()
    }
    return Page(told["next_number"], tables, told["layout"])


def save(root: Path, page: Page) -> None:
    """Replace the page."""
    draft = root / "page.draft"
    with draft.open("wb") as sink:
        sink.write(orjson.dumps(asdict(page)))
        sink.flush()
        os.fsync(sink.fileno())
    draft.replace(root / "page.json")
