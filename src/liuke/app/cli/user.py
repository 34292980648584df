"""``liuke user``: accounts from the server's own command line, for the first administrator and for recovery."""

from typing import Annotated

from rich.console import Console
from typer import Argument, Option, Typer

from liuke.kernel.actor import Actor, Role
from liuke.kernel.settings import Settings

user_app = Typer(help="用户：开立第一个管理员，找回账号。", no_args_is_help=True)
_console = Console()


@user_app.callback()
def _group() -> None:
    """用户。"""


@user_app.command()
def create(
    login: Annotated[str, Argument(help="账号，小写字母开头")],
    role: Annotated[list[Role], Option(help="角色，可重复")],
    display: Annotated[str, Option(help="姓名")] = "",
    staff_no: Annotated[str | None, Option("--staff", help="员工号；客户经理和网点、分行管理必填")] = None,
) -> None:
    """开立用户，打印一次性密码，首次登录须修改。"""
    from liuke.data import org
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        _user, secret = org.create_user(
            bank,
            Actor.system("user"),
            login=login,
            display=display or login,
            staff_no=staff_no,
            roles=frozenset(role),
        )
    _console.print(f"已开立 [bold]{login}[/]，一次性密码：[bold]{secret}[/](首次登录须修改，本密码不会再显示)")


@user_app.command()
def recover(login: Annotated[str, Argument(help="账号")]) -> None:
    """找回账号(管理员只能这样找回)：启用、解锁、停用动态验证码，打印一次性密码。"""
    from liuke.data import org
    from liuke.kernel.bank import open_bank

    with open_bank(Settings()) as bank:
        secret = org.recover(bank, login)
    _console.print(f"已找回 [bold]{login}[/]，一次性密码：[bold]{secret}[/](下次登录须修改，本密码不会再显示)")
