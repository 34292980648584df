"""Commands that run Liuke itself: serve, work, migrate, openapi, sweep."""

import signal
import time
from pathlib import Path
from typing import Annotated

import orjson
from rich.console import Console
from typer import Argument, Option, Typer

from liuke.kernel.settings import Settings

_console = Console()


def serve(
    port: Annotated[int | None, Option(help="端口，默认取 LIUKE_PORT 或 8600")] = None,
    host: Annotated[str | None, Option(help="监听地址，默认仅本机")] = None,
) -> None:
    """启动服务：数据库、后台任务与网页。"""
    from liuke.app.claim import claimed

    given = {"port": port, "host": host}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    with claimed(settings):
        _console.print(f"留客正在启动：[bold]http://{settings.host}:{settings.port}[/]  (Ctrl+C 停止)")
        from liuke.app.serve import serve as run

        run(settings)


def work(
    parent: Annotated[int | None, Option(hidden=True, help="随这个进程一起结束")] = None,
) -> None:
    """只运行后台任务(调度、归并、画像刷新)，可在多台机器上各开一个。"""
    from liuke.app.follow import follow
    from liuke.app.observe import start_logging
    from liuke.app.wiring import JOBS, LISTENERS
    from liuke.app.worker import Worker, listening
    from liuke.kernel.bank import open_bank

    settings = Settings()
    start_logging(settings.log_level)
    if parent is not None:
        follow(parent)
    with open_bank(settings) as bank:
        worker = Worker(bank, JOBS)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: worker.stop())
        with listening(bank, LISTENERS):
            worker.serve()


def stream(
    parent: Annotated[int | None, Option(hidden=True, help="随这个进程一起结束")] = None,
) -> None:
    """只运行行为流处理(接收事件、实时窗口)，每家银行一个。"""
    import threading

    from liuke.app import stream as process
    from liuke.app.follow import follow
    from liuke.app.observe import start_logging
    from liuke.kernel.bank import open_bank

    settings, stop = Settings(), threading.Event()
    start_logging(settings.log_level)
    if parent is not None:
        follow(parent)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    with open_bank(settings) as bank:
        process.serve(bank, stop)


def migrate() -> None:
    """把数据库结构升级到本版本。"""
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()):
        _console.print("数据库结构已是最新。")


def openapi(out: Annotated[Path, Argument(help="写到哪个文件")]) -> None:
    """导出接口说明(OpenAPI)，网页端的类型由它生成。"""
    from liuke.app.wiring import api_document

    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(orjson.dumps(api_document(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def sweep(hours: Annotated[float, Option(help="只清理多少小时以前的残留文件")] = 24.0) -> None:
    """清理中断的加载留下的残留文件。"""
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank, bank.read(Actor.system("sweep")) as tx:
        count = bank.lake.sweep(tx, older_than_seconds=hours * 3600, now=time.time())
    _console.print(f"清理了 {count} 个残留文件。")


def add_to(app: Typer) -> None:
    """Mount these commands at the top of the command line."""
    for command in (serve, work, stream, migrate, openapi, sweep):
        app.command()(command)
