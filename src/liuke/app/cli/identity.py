"""Commands of one-ID: link any tables, run the bank's own, train its model."""

from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer import Argument, Option, Typer

from liuke.kernel.errors import Invalid

identity_cli = Typer(help="客户归并(one-ID):关联任意表格、归并全行当事人、训练模型。", no_args_is_help=True)

_console = Console()
_notes = Console(stderr=True)


class OutputUnwritable(Invalid):
    """无法写入 {file}({reason})。请换一个可写的位置。"""


class SpecUnreadable(Invalid):
    """关联说明文件 {file} 无法读取({reason})。"""


@identity_cli.command()
def link(
    files: Annotated[list[Path], Argument(help="CSV 或 Parquet 文件,一个或多个")],
    spec: Annotated[Path, Option(help="关联说明(TOML):编号列、比对列及其种类")],
    out: Annotated[Path, Option(help="结果写到哪个 Parquet 文件")],
    seed: Annotated[int, Option(help="随机种子;同一种子结果相同")] = 1,
) -> None:
    """找出表格中属于同一对象的记录,无需标注。结果每行:文件、记录编号、类编号。"""
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
    _console.print(f"{rows:,} 条记录归为 {clusters:,} 个对象,已写入 {out}")


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=_notes, transient=True)


def _reason(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or type(fault).__name__
