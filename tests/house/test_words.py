"""Chinese that people read uses Chinese punctuation."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "liuke"
_ERRORS = re.compile(r"^(LiukeError|Invalid|NotFound|Forbidden|Conflict|Refused|Unavailable|Unauthenticated|TooMany)$")
_HALF = re.compile(r"[\u3400-\u9fff”》）}][,:;?!]|[,:;?!][\u3400-\u9fff“]")


def _classes() -> list[tuple[Path, ast.ClassDef]]:
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(SOURCE.rglob("*.py"))]
    return [(path, node) for path, tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _messages() -> Iterator[tuple[str, str]]:
    """Error classes and what they say: docstrings of classes whose line of parents reaches the tree of errors."""
    classes = _classes()
    parents = {node.name: {base.id for base in node.bases if isinstance(base, ast.Name)} for _, node in classes}

    def fault(name: str) -> bool:
        return bool(_ERRORS.match(name)) or any(fault(parent) for parent in parents.get(name, ()))

    for path, node in classes:
        if fault(node.name):
            yield f"{path.name}:{node.name}", ast.get_docstring(node) or ""


def _titles() -> Iterator[tuple[str, str]]:
    """Contracts of the demonstrations and the titles, meanings and reasons they state."""
    for path in sorted(SOURCE.rglob("demo/*/*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        yield path.name, told["title"]
        yield from ((path.name, column["meaning"]) for column in told["columns"].values() if "meaning" in column)
        yield from ((path.name, check["reason"]) for check in told.get("checks", ()))


def test_error_messages_use_chinese_punctuation() -> None:
    told = list(_messages())
    assert len(told) > 60
    assert [(name, text) for name, text in told if _HALF.search(text)] == []


def test_contracts_use_chinese_punctuation() -> None:
    told = list(_titles())
    assert len(told) > 200
    assert [(name, text) for name, text in told if _HALF.search(text)] == []


@pytest.mark.parametrize("page", ["README.zh-CN.md", "docs/handbook"])
def test_pages_for_readers_of_chinese_use_chinese_punctuation(page: str) -> None:
    house = SOURCE.parents[1]
    files = sorted((house / page).glob("*.md")) if (house / page).is_dir() else [house / page]
    assert files
    told = [(file.name, line) for file in files for line in _prose(file.read_text(encoding="utf-8"))]
    assert [(name, line) for name, line in told if _HALF.search(line)] == []


def _prose(text: str) -> Iterator[str]:
    """Lines outside code, without what stands between backticks or is an address."""
    code = False
    for line in text.splitlines():
        code ^= line.startswith("```")
        if not code:
            yield re.sub(r"`[^`]*`|\]\([^)]*\)", "", line)
