"""``liuke audit``: verify the audit log, seal it, prove entries, take evidence away."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer import Argument, Exit, Option, Typer

from liuke.kernel.settings import Settings

if TYPE_CHECKING:
    from liuke.guard.audit import Report

audit_app = Typer(help="审计存证：核验、封存、证明、取证。", no_args_is_help=True)

_console = Console()
_notes = Console(stderr=True)


@audit_app.command()
def verify(
    folder: Annotated[Path | None, Option(help="日志目录；默认本机的日志")] = None,
    witness: Annotated[list[Path] | None, Option(help="见证目录，可多个；默认取 LIUKE_AUDIT_WITNESS")] = None,
    key: Annotated[list[str] | None, Option(help="信任的密钥名(32 位十六进制)，可多个")] = None,
    index: Annotated[bool, Option(help="同时核对数据库中的检索索引和数据库所见的检查点")] = False,
) -> None:
    """完整核验日志：逐条重算摘要、链、默克尔树根、签名、旁存内容，并与见证比对。发现改动则退出码为 1。"""
    from liuke.guard import audit

    settings, pins = Settings(), frozenset(key or ())
    path = folder or settings.home / "audit"
    witnesses = witness or ([settings.audit_witness] if settings.audit_witness and folder is None else [])
    with Progress(TextColumn("核验"), BarColumn(), TimeElapsedColumn(), console=_notes, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        live = audit.held(path)

        def say(done: float) -> None:
            bar.update(task, completed=done)

        if index:
            report = _with_index(settings, live=live, pins=pins)
        else:
            report = audit.verify(path, witnesses=witnesses, pins=pins, live=live, say=say)
    _tell(report, pinned=bool(pins or witnesses or index))


def _with_index(settings: Settings, *, live: bool, pins: frozenset[str]) -> "Report":
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(settings) as bank:
        return audit.examine(bank, Actor.system("cli"), live=live, pins=pins)


def _tell(report: "Report", *, pinned: bool) -> None:
    for fault in report.faults:
        place = " ".join(filter(None, [fault.segment, None if fault.entry is None else f"#{fault.entry}"]))
        _console.print(f"[red]✗[/] {place} {fault.message}", highlight=False, soft_wrap=True)
    if not pinned:
        _console.print("[yellow]![/] 未指定见证或密钥：只能证明日志自身一致，不能发现整体回退或更换密钥。")
    counted = f"{report.size:,} 条，{report.segments} 段，{report.checkpoints:,} 个检查点"
    counted += f"，已删除 {report.erased:,} 条旁存内容"
    if not report.sound:
        _console.print(f"[bold red]✗ 发现 {report.faults_total:,} 处问题[/]({counted})", highlight=False)
        raise Exit(1)
    _console.print(f"[green]✓ 未发现改动[/]({counted})", highlight=False)
    _console.print(f"根 {report.root}\n密钥 {'、'.join(report.key_ids)}", highlight=False)


@audit_app.command()
def seal(
    accept_new_key: Annotated[
        bool, Option("--accept-new-key", help="签名密钥已丢失：接受新密钥，此事会永久记入日志")
    ] = False,
) -> None:
    """收齐已发生的事件并立即封存当前日志段(平时每日自动封存)。需先停止后台任务。"""
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    actor = Actor.system("cli")
    with open_bank(Settings()) as bank, audit.opened(bank, actor, accept_new_key=accept_new_key) as log:
        while audit.turn(bank, actor, log):
            pass
        sealed = log.seal()
    _console.print(f"已封存至第 {sealed.size:,} 条，根 {sealed.root}", highlight=False)


@audit_app.command()
def index() -> None:
    """由日志重建数据库中的检索索引。需先停止后台任务。"""
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    actor = Actor.system("cli")
    with open_bank(Settings()) as bank, audit.opened(bank, actor) as log:
        count = audit.rebuild(bank, actor, log)
    _console.print(f"已重建 {count:,} 条索引。")


@audit_app.command()
def prove(n: Annotated[int, Argument(help="条目编号", min=0)]) -> None:
    """打印一条记录及其包含证明(JSON)，叶子与路径逐级计算得到已签名的根。"""
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        found = audit.proved(bank, Actor.system("cli"), n)
    facts = {
        "checkpoint": found.checkpoint.line.decode(),
        "leaf": found.leaf.hex(),
        "line": found.raw,
        "path": [step.hex() for step in found.proof.path],
        "root": found.proof.root.hex(),
        "size": found.proof.size,
    }
    sys.stdout.buffer.write(orjson.dumps(facts, option=orjson.OPT_INDENT_2) + b"\n")


@audit_app.command()
def export(
    entries: Annotated[list[int], Argument(help="条目编号，可多个")],
    reason: Annotated[str, Option(help="取证事由，会记入日志")],
    out: Annotated[Path, Option(help="写到哪个目录")] = Path(),
    pdf: Annotated[bool, Option(help="同时生成 PDF")] = True,
) -> None:
    """导出证据包(JSON 与 PDF)，可用 tools/verify_audit.py 独立核验。"""
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    actor = Actor.system("cli")
    out.mkdir(parents=True, exist_ok=True)
    with open_bank(Settings()) as bank:
        name, pack = audit.evidence(bank, actor, entries, reason=reason)
        files = {f"{name}.json": orjson.dumps(pack, option=orjson.OPT_INDENT_2)}
        if pdf:
            files[f"{name}.pdf"] = audit.printed(bank, pack)
    for file, data in files.items():
        (out / file).write_bytes(data)
        _console.print(f"已写入 {out / file}", highlight=False)
