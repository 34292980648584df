"""``liuke demo``: a bank to try, made or given, through the whole pipeline."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rich.console import Console
from rich.status import Status
from rich.table import Table
from typer import Exit, Option, Typer

from liuke.kernel.settings import Settings
from liuke.kernel.steps import Course, Tell

if TYPE_CHECKING:
    from liuke.app.demo import DemoBank, Login

demo_app = Typer(help="演示银行：孪生银行(模拟)与 Berka(真实捷克银行)。", no_args_is_help=True)
_console = Console()


@demo_app.command()
def twin(
    customers: Annotated[int, Option(min=100, max=5_000_000, help="客户数")] = 20_000,
    months: Annotated[int, Option(min=1, max=60, help="月数")] = 12,
    seed: Annotated[int, Option(help="随机种子，相同种子得到相同银行")] = 7,
) -> None:
    """生成孪生银行并走完 加载 → 归并 → 画像 → 账号。已就绪则只打印账号。"""
    home = Settings().home
    files = home / "twin"
    making = None
    # A home marked as a bank's already (`demo.built`) needs no files; to ask it would load the application first.
    if not (files / "manifest.json").is_file() and not (home / "demo").is_file():
        command = [str(Path(sys.executable).with_name("twinbank")), "make", "--out", str(files)]
        command += ["--customers", str(customers), "--months", str(months), "--seed", str(seed)]
        making = subprocess.Popen(command)

    from liuke.app import demo  # while the files are being made

    def made() -> Path:
        if making is not None and making.wait():
            raise Exit(making.returncode)
        return files / "sources"

    _show(demo.DemoBank.TWIN, made)


@demo_app.command()
def berka(
    data: Annotated[Path, Option(exists=True, file_okay=False, help="Berka 文件所在目录(account.asc 等)")],
) -> None:
    """把真实的 Berka 银行(PKDD'99)走完同样的流程，并核对户数与金额。"""
    from liuke.app import demo

    _show(demo.DemoBank.BERKA, lambda: data)


def _show(which: "DemoBank", files: Callable[[], Path]) -> None:
    from liuke.app import demo
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        if demo.built(bank) is not which:
            with _timed("准备源系统文件"):
                folder = files()
            with _steps() as tell:
                demo.build(bank, which, files=folder, tell=tell)
            with _timed("开立演示账号"):
                demo.open_accounts(bank)
            demo.finish(bank, which)
        _print_logins(demo.logins(bank))


def _print_logins(logins: "list[Login]") -> None:
    from liuke.app import demo

    table = Table(title=f"演示账号(密码均为 {demo.PASSWORD})", title_justify="left")
    for heading in ("账号", "岗位", "姓名"):
        table.add_column(heading)
    for login in logins:
        table.add_row(login.login, login.job, login.display)
    _console.print(table)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    with _console.status(what):
        yield
    _done(what, began)


@contextmanager
def _steps() -> Iterator[Tell]:
    """A teller that shows the steps while they run and the seconds of each when it has ended."""
    with _console.status("") as status:
        yield _Shown(status)


class _Shown:
    def __init__(self, status: Status) -> None:
        self._status = status
        self._began: dict[str, float] = {}

    def __call__(self, step: str, course: Course) -> None:
        if course is Course.BEGAN:
            self._began[step] = time.perf_counter()
        else:
            _done(step, self._began.pop(step))
        self._status.update(" · ".join(self._began))


def _done(step: str, began: float) -> None:
    _console.print(f"[green]✓[/] {step}  [dim]{time.perf_counter() - began:.1f} 秒[/]", highlight=False)
