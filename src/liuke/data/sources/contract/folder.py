"""The contracts in force: every ``*.toml`` of the contracts folder, read and made ready to run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from liuke.data.sources.canonical import CANONICAL
from liuke.data.sources.contract.parse import read
from liuke.data.sources.contract.plan import Plan, plan
from liuke.data.sources.model import ContractBroken, Problem, SourceUnknown
from liuke.kernel.bank import Bank

_HISTORY: Final = "history"
_ORDER: Final = {name: number for number, name in enumerate(CANONICAL)}


@dataclass(frozen=True, slots=True)
class Known:
    """A contract's file: its text and, when it has no errors, its plan."""

    name: str
    path: Path
    text: str
    plan: Plan | None
    problems: tuple[Problem, ...]

    def ready(self) -> Plan:
        """The plan. Raises: ContractBroken when the contract has errors."""
        if self.plan is None:
            first = self.problems[0]
            where = f"第 {first.line} 行 {first.key}:" if first.line else ""
            raise ContractBroken(source=self.name, count=len(self.problems), where=where, reason=first.message)
        return self.plan


def known(bank: Bank) -> Mapping[str, Known]:
    """Every contract by name, in the order they are loaded: what others refer to comes first."""
    folder = bank.settings.contracts_dir
    found: dict[str, Known] = {}
    for path in sorted(folder.rglob("*.toml")) if folder.is_dir() else ():
        if _HISTORY in path.relative_to(folder).parts:
            continue
        stat = path.stat()
        one = _known(path, stat.st_mtime_ns, stat.st_size)
        found.setdefault(one.name, one)
    return dict(sorted(found.items(), key=lambda item: (_rank(item[1]), item[0])))


def one(bank: Bank, source: str) -> Known:
    """One contract. Raises: SourceUnknown."""
    found = known(bank).get(source)
    if found is None:
        raise SourceUnknown(source=source)
    return found


def save(bank: Bank, source: str, text: str, *, version: int) -> None:
    """Put a contract's text in force and keep it beside, by version; a reader sees the old text or the new, whole."""
    folder = bank.settings.contracts_dir
    (folder / _HISTORY).mkdir(parents=True, exist_ok=True)
    (folder / _HISTORY / f"{source}.{version}.toml").write_text(text, encoding="utf-8")
    present = known(bank).get(source)
    target = present.path if present else folder / f"{source}.toml"
    draft = target.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    with draft.open("rb") as handle:
        os.fsync(handle.fileno())
    draft.replace(target)


@lru_cache(maxsize=512)
def _known(path: Path, _mtime_ns: int, _size: int) -> Known:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return Known(path.stem, path, "", None, (Problem(0, 0, "", "数据契约须是 UTF-8 编码的文字。"),))
    made, problems = plan(text)
    if made is not None:
        return Known(made.contract.name, path, text, made, ())
    stated, _ = read(text)
    return Known(stated.name if stated else path.stem, path, text, None, tuple(problems))


def _rank(contract: Known) -> float:
    """After all tables it looks into, otherwise as early as the first table it feeds."""
    if contract.plan is None:
        return len(_ORDER)
    feeds = min(_ORDER[name] for name in contract.plan.contract.tables)
    reads = max((_ORDER[name] + 0.5 for name in contract.plan.contract.reads), default=0.0)
    return max(float(feeds), reads)
