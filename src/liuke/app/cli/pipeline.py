"""``liuke pipeline``: check definitions of derived tables, list them, put one in force, bring one up to date."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer import Argument, Exit, Option, Typer

from liuke.kernel.settings import Settings

if TYPE_CHECKING:
    from liuke.data.pipelines import View

pipeline_app = Typer(help="数据开发：检查、发布、运行加工表。", no_args_is_help=True)
_console = Console()
_WORDS = {
    "draft": "草稿", "live": "生效", "paused": "暂停", "retired": "停用",
    "never": "未生成", "fresh": "最新", "stale": "待更新", "running": "运行中", "failed": "失败", "blocked": "等待来源",
}  # fmt: skip
_COLOURS = {"fresh": "green", "failed": "red", "blocked": "yellow", "stale": "yellow", "live": "green"}


@pipeline_app.command()
def check(files: Annotated[list[Path], Argument(exists=True, dir_okay=False, help="定义文件 (*.toml)")]) -> None:
    """检查加工表定义，逐条指出位置和改法；不保存、不运行。"""
    from liuke.data import pipelines
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    wrong = False
    with open_bank(Settings()) as bank:
        for file in files:
            problems = pipelines.file_problems(bank, Actor.system("cli"), file)
            wrong |= bool(problems)
            for one in problems:
                place = f"{file}[{one.field}]" + (f":{one.line}:{one.column}" if one.line else "")
                _console.print(f"[red]✗[/] {place} {one.message}", highlight=False, soft_wrap=True)
            if not problems:
                _console.print(f"[green]✓[/] {file}", highlight=False)
    if wrong:
        raise Exit(1)


@pipeline_app.command("list")
def show() -> None:
    """全部加工表：状态、新旧、行数、最近一次运行。"""
    from liuke.data import pipelines
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        views = pipelines.overview(bank, Actor.system("cli"))
    table = Table(title="加工表", title_justify="left")
    for heading in ("表", "名称", "状态", "数据", "行数", "更新时间", "说明"):
        table.add_column(heading, justify="right" if heading == "行数" else "left")
    for view in views:
        table.add_row(*_row(view))
    _console.print(table)


def _row(view: "View") -> tuple[str, ...]:
    built = f"{view.built_at:%Y-%m-%d %H:%M}" if view.built_at else "—"
    said = view.last_run.sentence if view.last_run else ""
    said = f"等待 {'、'.join(view.blocked_by)}" if view.blocked_by else said
    return (view.name, view.title, _word(view.state), _word(view.health), f"{view.rows:,}", built, said)


def _word(code: str) -> str:
    return f"[{_COLOURS.get(code, 'dim')}]{_WORDS.get(code, code)}[/]"


@pipeline_app.command()
def publish(table: Annotated[str, Argument(help="表名")]) -> None:
    """读入定义文件，把一张表的最新版本发布为生效。"""
    from liuke.data import pipelines
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        version = pipelines.publish_newest(bank, Actor.system("cli"), table)
    _console.print(f"[green]✓[/] {table} 第 {version} 版已生效，下次运行时生成。")


@pipeline_app.command()
def run(
    table: Annotated[str, Argument(help="表名")],
    whole: Annotated[bool, Option("--all", help="全部重算")] = False,
    since: Annotated[datetime | None, Option(formats=["%Y-%m-%d"], help="从这一天的分区起重算")] = None,
    until: Annotated[datetime | None, Option(formats=["%Y-%m-%d"], help="到这一天的分区为止")] = None,
) -> None:
    """更新一张加工表：默认只算有变化的分区。中断后再次运行会接着算。"""
    from liuke.data import pipelines
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running

    kind = (
        pipelines.RunKind.WHOLE if whole else pipelines.RunKind.RANGE if since or until else pipelines.RunKind.CHANGED
    )
    wanted = pipelines.Wanted(kind, since.date() if since else None, until.date() if until else None)
    actor = Actor.system("cli")
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_console)
    with open_bank(Settings()) as bank, running(bank, actor, job="pipeline", target=table), bar:
        task = bar.add_task(table, total=1.0)
        done = pipelines.bring(
            bank, actor, table, wanted, report=lambda at, said: bar.update(task, completed=at, description=said)
        )
        bar.update(task, completed=1.0, description="完成")
    _console.print("已是最新，没有要算的分区。" if done is None else "已更新。")
