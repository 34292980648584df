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
from liuke.data import graph, identity, profile, sources, tags
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Conflict
from liuke.kernel.job import running

#: Where the contracts of the demonstration banks are.
_CONTRACTS: Final = Path(__file__).parent

#: Told the Chinese name of each step as it begins.
Tell = Callable[[str], None]


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
    actor = Actor.system("demo")
    tell("安装数据源契约")
    _install(bank, which, files)
    tell("加载源系统数据")
    with running(bank, actor, job="ingest", target=which) as progress:
        sources.load_all(bank, actor, progress)
    if which is DemoBank.TWIN:
        tell("生成加工表")
        with running(bank, actor, job="pipelines") as progress:
            derive(bank, actor, progress.at)
    tell("归并客户")
    with running(bank, actor, job="identity") as progress:
        identity.run(bank, actor, say=progress.at)
    tell("计算标签")
    with running(bank, actor, job="tags.refresh") as progress:
        tags.refresh(bank, actor, report=progress.at)
    tell("生成客户画像")
    with running(bank, actor, job="profile") as progress:
        profile.refresh(bank, actor, report=progress.at)
    tell("生成关系图")
    with running(bank, actor, job="graph") as progress:
        graph.rebuild(bank, actor, report=progress.at)
    tell("接收适当性与授权")
    take_care(bank, actor)
    tell("由投诉和过期的风险测评立案")
    open_cases(bank, actor)
    tell("划分客群")
    with running(bank, actor, job="segments"):
        group(bank, actor)
    tell("划分客户聚类")
    find_groups(bank, actor)


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
