"""Commands about segments."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer import Exit, Option, Typer

from liuke.kernel.settings import Settings

segments_app = Typer(help="客群：刷新成员。", no_args_is_help=True)

_console = Console()


class EngineName(StrEnum):
    """Which engine computes."""

    KERNEL = "kernel"
    DUCKDB = "duckdb"
    SPARK = "spark"


@segments_app.callback()
def _segments() -> None:
    """客群：刷新成员。"""


@segments_app.command("refresh")
def refresh(
    as_of: Annotated[datetime | None, Option(formats=["%Y-%m-%d"], help="数据日期，默认取最新一份标签快照")] = None,
    engine: Annotated[EngineName, Option(help="计算引擎；各引擎结果相同")] = EngineName.KERNEL,
) -> None:
    """按标签快照计算全部客群的成员；有客群算不出时列出原因，退出码为 1。"""
    from liuke.insight import segments
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running

    actor = Actor.system("cli")
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_console)
    with open_bank(Settings()) as bank, running(bank, actor, job="segments.refresh") as shown, bar:
        task = bar.add_task("刷新客群", total=1.0)

        def tell(fraction: float) -> None:
            shown.at(fraction)
            bar.update(task, completed=fraction)

        done = segments.refresh(
            bank,
            actor,
            cause=segments.Cause.MANUAL,
            as_of=as_of.date() if as_of else None,
            engine=segments.engine(engine),
            tell=tell,
        )
        bar.update(task, completed=1.0, description="完成")
    _console.print(f"{len(done.found):,} 个客群已刷新。")
    for number, fault in done.failed.items():
        _console.print(f"客群 {number} 没有算出：{fault}")
    if done.failed:
        raise Exit(1)
