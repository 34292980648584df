"""Commands about the 360 pages."""

from datetime import datetime
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer import Option, Typer

from liuke.kernel.settings import Settings

profile_app = Typer(help="客户画像：刷新 360 页面。", no_args_is_help=True)

_console = Console()


@profile_app.callback()
def group() -> None:
    """客户画像：刷新 360 页面。"""


@profile_app.command("refresh")
def refresh(
    as_of: Annotated[
        datetime | None, Option(formats=["%Y-%m-%d"], help="数据日期，默认取最新一日；晚于此日才知道的数据不计入")
    ] = None,
) -> None:
    """用数据湖中的最新数据重建全部客户的 360 页面；内容没有变化的客户保持原样。"""
    from liuke.data import profile
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_console)
    with open_bank(Settings()) as bank, bar:
        task = bar.add_task("刷新客户画像", total=1.0)
        done = profile.refresh(
            bank,
            Actor.system("cli"),
            as_of=as_of.date() if as_of else None,
            report=lambda fraction, phrase: bar.update(task, completed=fraction, description=phrase),
        )
        bar.update(task, completed=1.0, description="完成")
    if done.as_of is None:
        _console.print("数据湖中还没有客户数据，请先加载数据源(liuke ingest run)。")
        return
    _console.print(
        f"数据日期 {done.as_of}：客户 {done.customers:,} 位，更新 {done.changed:,} 位，移除 {done.gone:,} 位。"
    )
