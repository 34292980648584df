"""Accounts of the demonstration bank, one for each job."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liuke.data import org, sources
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Conflict
from liuke.kernel.store.records import ReadHandle

#: The same for all demonstration accounts, printed by `liuke demo`; real accounts get random ones.
PASSWORD: Final = "Lanjiang#2026"  # noqa: S105

_CENTRAL: Final = (
    ("analyst", "总行分析师", Role.ANALYST),
    ("compliance", "合规", Role.COMPLIANCE),
    ("compliance2", "合规复核", Role.COMPLIANCE),  # what one proposes the other approves
    ("engineer", "数据工程师", Role.DATA_ENGINEER),
    ("sysadmin", "系统管理员", Role.SYSTEM_ADMIN),
    ("secadmin", "安全管理员", Role.SECURITY_ADMIN),
    ("auditor", "审计管理员", Role.AUDIT_ADMIN),
)


@dataclass(frozen=True, slots=True)
class Login:
    """An account to try: login, job and who it is."""

    login: str
    job: str
    display: str


def logins(bank: Bank) -> list[Login]:
    """The accounts of this demonstration bank, for printing."""
    return [Login(*line.split("\t")) for line in _list(bank).read_text(encoding="utf-8").splitlines()]


def _list(bank: Bank) -> Path:
    return bank.settings.home / "demo-logins"


def open_accounts(bank: Bank) -> None:
    """Open one account for each job, two relationship managers among them."""
    actor = Actor.system("demo")
    chosen = _front_line(bank, actor)
    chosen += [(login, job, role, None, job) for login, job, role in _CENTRAL]
    for login, _job, role, staff_no, display in chosen:
        with suppress(Conflict):  # opened by an earlier run that was interrupted
            org.create_user(
                bank,
                actor,
                login=login,
                display=display,
                staff_no=staff_no,
                roles=frozenset({role}),
                first_password=PASSWORD,
                must_change=False,
            )
    lines = (f"{login}\t{job}\t{display}" for login, job, _, _, display in chosen)
    _list(bank).write_text("\n".join(lines), encoding="utf-8")


def _front_line(bank: Bank, actor: Actor) -> list[tuple[str, str, Role, str | None, str]]:
    """The relationship manager with the largest book, the heads above, and a relationship manager elsewhere."""
    with bank.read(actor) as tx:
        books = Counter(
            (assigned.rm_no, assigned.branch_path) for assigned in org.assignments(tx, None) if assigned.rm_no
        )
        paths = org.branch_paths(tx)
        heads = _heads(bank, tx)
        ranked = [place for place, _count in books.most_common()]
        if not ranked:
            return []
        first_no, first_path = ranked[0]
        region = "/".join(first_path.split("/")[:2]) + "/"
        second_no = next((number for number, path in ranked if not path.startswith(region)), None)
        by_path = {paths[branch_no]: staff_no for staff_no, branch_no in heads if branch_no in paths}
        wanted = [
            ("rm", "客户经理", Role.RM, first_no),
            ("rm2", "另一分行的客户经理", Role.RM, second_no),
            ("head", "网点负责人", Role.BRANCH_HEAD, by_path.get(first_path)),
            ("branch", "分行管理", Role.INSTITUTION, by_path.get(region)),
        ]
        names = org.names(tx, [number for *_rest, number in wanted if number])
    return [(login, job, role, number, names[number]) for login, job, role, number in wanted if number]


def _heads(bank: Bank, tx: ReadHandle) -> list[tuple[str, str]]:
    """(staff_no, branch_no) of the heads and managers of branches."""
    staff = sources.CANONICAL["staff"]
    with bank.lake.connect(tx, staff) as tables:
        found = tables.execute(
            f"SELECT staff_no, branch_no FROM ({sources.current_sql('staff')}) WHERE position IN ('head', 'manager')"
            " ORDER BY position DESC, staff_no DESC"
        ).fetchall()
    return [(staff_no, branch_no) for staff_no, branch_no in found]
