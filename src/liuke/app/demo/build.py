"""Take a demonstration bank from its files to its customer pages."""

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

from liuke.app.demo.care import take_care
from liuke.app.demo.cases import open_cases
from liuke.app.demo.cluster import find_groups
from liuke.app.demo.derive import derive
from liuke.app.demo.group import group
from liuke.app.demo.past import look_back
from liuke.data import graph, identity, profile, sources, tags
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Conflict
from liuke.kernel.job import Progress, running
from liuke.kernel.steps import Step, Tell, carry_out

#: Where the contracts of the demonstration banks are.
_CONTRACTS: Final = Path(__file__).parent

_LOADED: Final = "加载源系统数据"
_ONE: Final = "归并客户"
_KNOWN: Final = "生成客户画像"
_TAGGED: Final = "计算标签"
_PAST: Final = "计算往月标签"
_CARED: Final = "接收适当性与授权"


class DemoBank(StrEnum):
    """Which bank is shown."""

    TWIN = "twin"
    BERKA = "berka"


class OtherBank(Conflict):
    """目录 {home} 里已经是另一家银行({name})的数据。请用 LIUKE_HOME 指定另一个目录。"""


def built(bank: Bank) -> DemoBank | None:
    """Which demonstration bank is ready in this home, if one is; a half-built one is not."""
    marker = _marker(bank)
    return DemoBank(marker.read_text(encoding="utf-8")) if marker.is_file() else None


def build(bank: Bank, which: DemoBank, *, files: Path, tell: Tell) -> None:
    """Load, resolve and profile a demonstration bank from ``files``; safe to repeat after any interruption.

    Raises: OtherBank when this home holds the other one.
    """
    present = built(bank)
    if present not in (None, which):
        raise OtherBank(home=str(bank.settings.home), name=present)
    carry_out(_steps(bank, Actor.system("demo"), which, files), tell)


def _steps(bank: Bank, actor: Actor, which: DemoBank, files: Path) -> list[Step]:
    """What makes a bank of files, the longest ways first."""

    def run(job: str, work: Callable[[Progress], object], target: str = "") -> Callable[[], None]:
        def recorded() -> None:
            with running(bank, actor, job=job, target=target) as progress:
                work(progress)

        return recorded

    derived = Step("生成加工表", run("pipelines", lambda seen: derive(bank, actor, seen.at)), (_LOADED,))
    return [
        Step("安装数据源契约", lambda: _install(bank, which, files)),
        Step(_LOADED, run("ingest", lambda seen: sources.load_all(bank, actor, seen), which), ("安装数据源契约",)),
        Step(_ONE, run("identity", lambda seen: identity.run(bank, actor, say=seen.at)), (_LOADED,)),
        Step(_KNOWN, run("profile", lambda seen: profile.refresh(bank, actor, report=seen.at)), (_ONE,)),
        Step(_TAGGED, run("tags.refresh", lambda seen: tags.refresh(bank, actor, report=seen.at)), (_ONE,)),
        Step(_CARED, lambda: take_care(bank, actor), (_KNOWN,)),
        Step(_PAST, run("tags.refresh", lambda _seen: look_back(bank, actor)), (_TAGGED,)),
        Step("划分客群", run("segments", lambda _seen: group(bank, actor)), (_PAST, _CARED)),
        Step("划分客户聚类", lambda: find_groups(bank, actor), (_PAST, _KNOWN)),
        Step("生成关系图", run("graph", lambda seen: graph.rebuild(bank, actor, report=seen.at)), (_ONE,)),
        Step("由投诉和过期的风险测评立案", lambda: open_cases(bank, actor), (_KNOWN,)),
        *([derived] if which is DemoBank.TWIN else []),
    ]


def finish(bank: Bank, which: DemoBank) -> None:
    """Mark the bank as ready."""
    _marker(bank).write_text(which, encoding="utf-8")


def _install(bank: Bank, which: DemoBank, files: Path) -> None:
    """Put contracts and files where a bank's own would be."""
    contracts = bank.settings.contracts_dir
    contracts.mkdir(parents=True, exist_ok=True)
    for contract in sorted((_CONTRACTS / which).glob("*.toml")):
        shutil.copy(contract, contracts / contract.name)
    arrival = bank.settings.sources_dir
    if not arrival.exists():
        arrival.parent.mkdir(parents=True, exist_ok=True)
        arrival.symlink_to(files.resolve(), target_is_directory=True)


def _marker(bank: Bank) -> Path:
    return bank.settings.home / "demo"
