"""``liuke ingest``: take in what has arrived, check a contract, see how fresh the sources are."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer import Argument, Exit, Option, Typer

from liuke.kernel.settings import Settings

if TYPE_CHECKING:
    from liuke.data.sources import Load, SourceView

ingest_app = Typer(help="数据源:加载、检查契约、查看状态。", no_args_is_help=True)
_console = Console()
_COLOURS = {
    "published": "green",
    "refused": "red",
    "failed": "red",
    "fresh": "green",
    "late": "yellow",
    "broken": "red",
}
_WORDS = {
    "published": "已加载", "refused": "未接收", "failed": "失败", "landed": "待加载", "checking": "检查中",
    "fresh": "正常", "late": "逾期", "never": "从未加载", "running": "加载中", "broken": "契约有误",
}  # fmt: skip


@ingest_app.command()
def run(
    source: Annotated[str, Argument(help="数据源名称,例如 core_tran")] = "",
    every: Annotated[bool, Option("--all", help="加载全部数据源")] = False,
    again: Annotated[bool, Option("--again", help="已加载过的文件也重新读取(内容不变则不产生变化)")] = False,
) -> None:
    """加载一个数据源(或 --all 全部)新到的文件。可由银行自己的调度系统调用,重复运行是安全的。"""
    from liuke.data import sources
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running

    if not source and not every:
        _console.print("请写明数据源名称,或加 --all。")
        raise Exit(2)
    actor = Actor.system("cli")
    with open_bank(Settings()) as bank, running(bank, actor, job="ingest", target=source), _progress() as bar:
        task = bar.add_task(source or "全部数据源", total=1.0)
        if source:
            tell = partial(_tell, bar, task)
            loads = sources.load_source(bank, actor, source, again=again, tell=tell)
        else:
            loads = sources.load_all(bank, actor, _Shown(bar, task), again=again)
        bar.update(task, completed=1.0)
    _print_loads(loads)
    if any(load.state != "published" for load in loads):
        raise Exit(1)


def _tell(bar: Progress, task: TaskID, done: int, count: int, name: str) -> None:
    bar.update(task, completed=done / max(count, 1), description=name)


class _Shown:
    """Progress of a run as a bar on the terminal."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def at(self, fraction: float, message: str = "") -> None:
        """``fraction`` of the work is done, 0–1."""
        self._bar.update(self._task, completed=fraction, description=message)


def _progress() -> Progress:
    columns = (TextColumn("{task.description:24}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=_console)


def _print_loads(loads: "list[Load]") -> None:
    if not loads:
        _console.print("没有新到的文件。")
        return
    table = Table(title="加载结果", title_justify="left")
    for heading, justify in (
        ("文件", "left"),
        ("结果", "left"),
        ("读取", "right"),
        ("接收", "right"),
        ("未变", "right"),
    ):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    table.add_column("隔离", justify="right")
    table.add_column("说明")
    for load in loads:
        numbers = (load.rows_read, load.rows_accepted, load.rows_unchanged, load.rows_quarantined)
        table.add_row(load.file_name, _word(load.state), *(f"{number:,}" for number in numbers), _explained(load))
    _console.print(table)


def _explained(load: "Load") -> str:
    if load.sentence or not load.reasons:
        return load.sentence
    first = load.reasons[0]
    return f"{first.column} {first.reason} {first.rows:,} 行".strip()


def _word(state: str) -> str:
    return f"[{_COLOURS.get(state, 'dim')}]{_WORDS.get(state, state)}[/]"


@ingest_app.command()
def check(contract: Annotated[Path, Argument(exists=True, dir_okay=False, help="契约文件 (*.toml)")]) -> None:
    """检查一份数据契约,逐条指出文件、行、列和改法。不需要数据库。"""
    from liuke.data import sources

    title, problems = sources.contract_problems(contract.read_text(encoding="utf-8"))
    for problem in problems:
        place = f"{contract}:{problem.line}:{problem.column}"
        _console.print(f"[red]✗[/] {place} [bold]{problem.key}[/] {problem.message}", highlight=False, soft_wrap=True)
    if problems:
        raise Exit(1)
    _console.print(f"[green]✓[/] {title}")


@ingest_app.command()
def status() -> None:
    """每个数据源的新鲜度、最近一次加载和累计行数。"""
    from liuke.data import sources
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        views = sources.source_list(bank, Actor.system("cli"))
    table = Table(title="数据源", title_justify="left")
    for heading in ("系统", "数据源", "名称", "状态", "数据日期", "周期"):
        table.add_column(heading)
    for heading in ("接收", "隔离"):
        table.add_column(heading, justify="right")
    for view in views:
        table.add_row(*_row(view))
    _console.print(table)


def _row(view: "SourceView") -> tuple[str, ...]:
    date = view.data_date.isoformat() if view.data_date else "—"
    counts = (f"{view.rows_accepted:,}", f"{view.rows_quarantined:,}")
    return (view.system_title, view.name, view.title, _word(view.freshness), date, view.cadence, *counts)
