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
    witness: Annotated[list[Path] | None, Option(help="见证目录，可多个；默认取已设置的各个见证")] = None,
    key: Annotated[list[str] | None, Option(help="信任的密钥名(32 位十六进制)，可多个")] = None,
    index: Annotated[bool, Option(help="同时核对数据库中的检索索引和数据库所见的检查点")] = False,
) -> None:
    """完整核验日志：逐条重算摘要、链、默克尔树根、签名、旁存内容，并与见证比对。发现改动则退出码为 1。"""
    from liuke.guard import audit

    settings, pins = Settings(), frozenset(key or ())
    path = folder or settings.home / "audit"
    with Progress(TextColumn("核验"), BarColumn(), TimeElapsedColumn(), console=_notes, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def say(done: float) -> None:
            bar.update(task, completed=done)

        if index:
            report = _with_index(settings, pins=pins)
        else:
            report = audit.verify_log(path, settings, witnesses=witness or (), pins=pins, say=say)
    known = folder is None and (settings.audit_witness or settings.audit_witness_url or settings.audit_tsa_url)
    _tell(report, pinned=bool(pins or witness or known or index))


def _with_index(settings: Settings, *, pins: frozenset[str]) -> "Report":
    from liuke.guard import audit
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(settings) as bank:
        return audit.examine(bank, Actor.system("cli"), live=None, pins=pins)


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


@audit_app.command("witness")
def witness_(
    folder: Annotated[Path, Option(help="保存检查点的目录，由见证方管理")],
    host: Annotated[str, Option(help="监听地址")] = "0.0.0.0",  # noqa: S104  (another host sends here)
    port: Annotated[int, Option(min=1, max=65535)] = 8601,
    certificate: Annotated[Path | None, Option(help="TLS 证书(PEM)；须同时给出 --private-key")] = None,
    private_key: Annotated[Path | None, Option(help="TLS 私钥(PEM)")] = None,
    accept_key: Annotated[list[str] | None, Option(help="日志签名密钥丢失后，见证方同意的新密钥名，可多个")] = None,
) -> None:
    """在另一台主机上作存证的见证：只接收签名检查点，只增不改。口令取自 LIUKE_AUDIT_WITNESS_TOKEN。"""
    from liuke.guard import audit

    token = Settings().audit_witness_token.get_secret_value()
    if bool(certificate) != bool(private_key):
        _notes.print("[red]✗[/red] --certificate 与 --private-key 须同时给出。")
        raise Exit(2)
    _console.print(f"见证在 {host}:{port} 监听，检查点保存在 {folder}")
    try:
        audit.receive(
            folder,
            (host, port),
            token=token,
            accepted=accept_key or (),
            certificate=(certificate, private_key) if certificate and private_key else None,
        )
    except (ValueError, OSError) as fault:
        _notes.print(f"[red]✗[/red] {fault}")
        raise Exit(1) from fault
