"""Commands about tags."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer import Option, Typer

from liuke.kernel.settings import Settings

tags_app = Typer(help="标签：刷新、列出。", no_args_is_help=True)

_console = Console()


class EngineName(StrEnum):
    """Which engine computes."""

    KERNEL = "kernel"
    DUCKDB = "duckdb"
    SPARK = "spark"


@tags_app.command("refresh")
def refresh(
    as_of: Annotated[
        datetime | None, Option(formats=["%Y-%m-%d"], help="数据日期，默认取最新一日；晚于此日才知道的数据不计入")
    ] = None,
    engine: Annotated[EngineName, Option(help="计算引擎；各引擎结果相同")] = EngineName.KERNEL,
) -> None:
    """计算全部标签并发布一份快照。"""
    from liuke.data import tags
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running

    actor = Actor.system("cli")
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_console)
    with open_bank(Settings()) as bank, running(bank, actor, job="tags.refresh") as shown, bar:
        task = bar.add_task("刷新标签", total=1.0)

        def say(fraction: float, phrase: str) -> None:
            shown.at(fraction, phrase)
            bar.update(task, completed=fraction, description=phrase)

        done = tags.refresh(
            bank,
            actor,
            as_of=as_of.date() if as_of else None,
            engine=tags.engine(engine),
            report=say,
        )
        bar.update(task, completed=1.0, description="完成")
    if done.as_of is None:
        _console.print("数据湖中还没有客户数据，请先加载数据源(liuke ingest run)。")
        return
    _console.print(
        f"数据日期 {done.as_of}：{done.customers:,} 位客户，{done.tags} 个标签与中间量，快照 {done.snapshot}。"
    )


@tags_app.command("list")
def listed() -> None:
    """列出生效的标签及最近一次计算的覆盖客户数。"""
    from liuke.data import tags
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        found = tags.book(bank).tags
        try:
            snapshot = tags.open(bank)
        except tags.NoSnapshot:
            snapshot = None
    table = Table("编码", "名称", "类别", "归属", "有值客户", "数据日期")
    for tag in found:
        if tag.ingredient:
            continue
        plate = snapshot.plates.get(tag.code) if snapshot else None
        told = f"{plate.filled:,}" if plate else "未计算"
        table.add_row(
            tag.code, tag.name, tags.FAMILIES[tag.family], tag.owner, told, str(snapshot.as_of) if snapshot else ""
        )
    _console.print(table)
