"""``liuke graph``: rebuild the relation graph."""

from rich.console import Console
from typer import Typer

from liuke.kernel.settings import Settings

graph_app = Typer(help="关系图：家庭、企业与客户之间的关系。", no_args_is_help=True)
_console = Console()


@graph_app.command()
def rebuild() -> None:
    """重新汇集关系证据、识别家庭与企业，生成新的图快照并切换。"""
    from liuke.data import graph
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.job import running

    actor = Actor.system("cli")
    with open_bank(Settings()) as bank, running(bank, actor, job="graph.rebuild") as progress:
        done = graph.rebuild(bank, actor, report=progress.at)
    _console.print(
        f"[green]✓[/] {done.parties:,} 个当事人，{done.relations:,} 条关系；"
        f"家庭 {done.families:,} 个，企业群 {done.enterprises:,} 个；共用人数过多未采信 {done.hubs:,} 项"
    )
