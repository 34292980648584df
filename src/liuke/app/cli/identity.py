"""Commands of one-ID: link any tables, run the bank's own, train its model."""

from pathlib import Path
from typing import Annotated

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer import Argument, Option, Typer

from liuke.kernel.errors import Invalid

identity_cli = Typer(help="客户归并(one-ID)：关联任意表格、归并全行当事人、训练模型。", no_args_is_help=True)

_console = Console()
_notes = Console(stderr=True)


class OutputUnwritable(Invalid):
    """无法写入 {file}({reason})。请换一个可写的位置。"""


class SpecUnreadable(Invalid):
    """关联说明文件 {file} 无法读取({reason})。"""


@identity_cli.command()
def link(
    files: Annotated[list[Path], Argument(help="CSV 或 Parquet 文件，一个或多个")],
    spec: Annotated[Path, Option(help="关联说明(TOML)：编号列、比对列及其种类")],
    out: Annotated[Path, Option(help="结果写到哪个 Parquet 文件")],
    seed: Annotated[int, Option(help="随机种子；同一种子结果相同")] = 1,
) -> None:
    """找出表格中属于同一对象的记录，无需标注。结果每行：文件、记录编号、类编号。"""
    import pyarrow.parquet as pq

    from liuke.data import identity

    try:
        text = spec.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SpecUnreadable(file=spec, reason=_reason(fault)) from fault
    wanted = identity.parse_spec(text)
    with _progress() as bar:
        task = bar.add_task("开始", total=1.0)
        linked = identity.link(
            files, spec=wanted, seed=seed, say=lambda step, done: bar.update(task, description=step, completed=done)
        )
    try:
        pq.write_table(linked.table, out, compression="zstd")
    except OSError as fault:
        raise OutputUnwritable(file=out, reason=_reason(fault)) from fault
    rows, clusters = linked.table.num_rows, len(linked.table["cluster_id"].unique())
    _console.print(f"{rows:,} 条记录归为 {clusters:,} 个对象，已写入 {out}")


@identity_cli.command()
def run() -> None:
    """对全行当事人重新归并：结果不变的客户保持原统一客户号。"""
    from liuke.data import identity
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running
    from liuke.kernel.settings import Settings

    actor = Actor.system("identity")
    with open_bank(Settings()) as bank, running(bank, actor, job="identity.run") as shown, _progress() as bar:
        task = bar.add_task("开始", total=1.0)

        def say(done: float, step: str) -> None:
            shown.at(done, step)
            bar.update(task, description=step, completed=done)

        found = identity.run(bank, actor, say=say)
    _console.print(
        f"{found.records:,} 条当事人记录归为 {found.customers:,} 位客户："
        f"新增 {found.added:,} 条，合并 {found.merged:,} 组，"
        f"拆分 {found.split:,} 组，待审 {found.reviews:,} 对"
    )


@identity_cli.command()
def train(
    note: Annotated[str, Option(help="模型说明：用什么数据、为何重训")],
    out: Annotated[Path | None, Option(help="写到哪个文件；默认作为本行模型，下次归并起使用")] = None,
    seed: Annotated[int, Option(help="随机种子")] = 1,
) -> None:
    """用本行自己的当事人数据重新训练匹配模型(无需标注)。"""
    from liuke.data import identity
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.settings import Settings

    try:
        with open_bank(Settings()) as bank, _notes.status("训练中"):
            model, target = identity.train(bank, Actor.system("identity"), seed=seed, note=note, out=out)
    except OSError as fault:
        raise OutputUnwritable(file=out or "模型文件", reason=_reason(fault)) from fault
    _console.print(f"由 {model.records:,} 条记录训练，已写入 {target}")


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_notes, transient=True)


def _reason(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or type(fault).__name__
