# ruff: noqa: A005  (a benchmark has the name of its capability; it is always imported as bench.profile)
"""The 360 page under load: 100,000 customers, 300 requests a second, each signed in, masked and recorded.

The wide rows are made here and written by the store's own writer; the server is the real one; the load comes from a
process of its own on the same machine (`bench.knock`), at random times, whatever the server does.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from bench.figure import Figure
from liuke.data import org
from liuke.data.profile.refresh import merge
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings

CUSTOMERS = 100_000
RATE = 300.0
SECONDS = 20.0
WARM_SECONDS = 5.0
GOAL_MS = 30.0
MAKE_SECONDS = 60.0
#: Relationship managers signed in at once.
RMS = 20
CHUNK = 5000
PASSWORD = "bench-only-9f3a-Long"
DAY = date(2026, 10, 31)

_SPOUSE = {"kind": "spouse", "source": "crm", "share_bp": None, "valid_from": None, "valid_to": None, "evidence": "crm"}


def figures(scale: float) -> Iterator[Figure]:
    """Make the bank, serve it, and knock."""
    customers = max(2_000, int(CUSTOMERS * scale))
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        settings = Settings(home=Path(folder) / "home", _env_file=None)  # type: ignore[call-arg]
        with open_bank(settings) as bank:
            began = time.perf_counter()
            _make(bank, customers)
            yield Figure(f"write {customers:,} wide rows", time.perf_counter() - began, "s", MAKE_SECONDS * scale)
            pages = _numbers(bank, customers)
            with _served(settings) as port:
                cookies = [_sign_in(port, f"rm{number:02d}") for number in range(RMS)]
                _knock(port, RATE / 2, WARM_SECONDS, _pages(pages, cookies))
                yield from _measured("page", _knock(port, RATE, SECONDS, _pages(pages, cookies)), GOAL_MS)
                listed = [f"/api/customers?limit=50&sort=-aum {cookie}" for cookie in cookies]
                yield from _measured("list of 50, 20/s", _knock(port, 20, 5, listed), None)
                phones = [f"/api/search?q=138{n:08d} {cookies[n % RMS]}" for n in range(1, 400)]
                yield from _measured("search by phone, 15/s", _knock(port, 15, 5, phones), None)
                ladder = [f"/api/ladder {cookie}" for cookie in cookies]
                yield from _measured("ladder of a book, 10/s", _knock(port, 10, 5, ladder), None)


def _measured(name: str, found: dict[str, Any], goal: float | None) -> Iterator[Figure]:
    taken = np.array(found["ms"])
    errors = sum(count for status, count in found["statuses"].items() if status != "200")
    yield Figure(f"{name}: p50", float(np.percentile(taken, 50)), "ms")
    yield Figure(f"{name}: p95", float(np.percentile(taken, 95)), "ms")
    yield Figure(f"{name}: p99", float(np.percentile(taken, 99)), "ms", goal)
    if goal is not None:
        yield Figure(f"{name}: longest", float(taken.max()), "ms")
        yield Figure(f"{name}: answered", len(taken) / SECONDS, "/s", RATE * 0.95, at_least=True)
        yield Figure(f"{name}: errors", float(errors), "", 0)
        yield Figure(f"{name}: mean size", found["bytes"] / len(taken) / 1024, "KiB")
        yield Figure("load generator itself late: p99", float(np.percentile(found["late_ms"], 99)), "ms")
        yield Figure("load average of the machine", os.getloadavg()[0], "")
    elif errors:
        yield Figure(f"{name}: errors", float(errors), "", 0)


def _make(bank: Bank, customers: int) -> None:
    """Branches, RMs with their books and sign-ins, and one wide row a customer."""
    machine = Actor.system("bench")
    with bank.write(machine) as tx:
        org.replace_branches(
            tx,
            [
                {"branch_no": "HO", "parent_no": None, "name": "总行", "level": "head_office"},
                {"branch_no": "B1", "parent_no": "HO", "name": "西湖支行", "level": "sub_branch"},
            ],
        )
        org.replace_staff(tx, [_staff(number) for number in range(RMS)])
    for number in range(RMS):
        org.create_user(
            bank,
            machine,
            login=f"rm{number:02d}",
            display="客户经理",
            staff_no=f"S{number:02d}",
            roles=frozenset({Role.RM}),
            first_password=PASSWORD,
            must_change=False,
        )
    chance = random.Random(11)
    papers = [_papers(chance) for _ in range(200)]
    with bank.write(machine) as tx:
        merge.begin(tx)
        for start in range(1, customers + 1, CHUNK):
            numbers = range(start, min(start + CHUNK, customers + 1))
            merge.add(bank.keys, tx, [_row(number, chance, papers[number % 200]) for number in numbers])
        merge.settle(tx, [(number, "b0") for number in range(1, customers + 1)], only=None)
    with bank.records.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _staff(number: int) -> dict[str, Any]:
    return {
        "staff_no": f"S{number:02d}",
        "name": f"经理{number}",
        "branch_no": "B1",
        "position": "rm",
        "status": "active",
    }


def _row(number: int, chance: random.Random, papers: dict[str, str]) -> dict[str, Any]:
    aum = int(chance.lognormvariate(15, 2))
    amounts = dict.fromkeys(("deposits", "wealth", "funds", "insurance", "metal"), aum // 5)
    due = DAY + timedelta(days=chance.randrange(400))
    person = {
        "name": "王小明",
        "names": ["王小明"],
        "phones": [f"138{number:08d}"],
        "id_numbers": [["idcard", f"3301061990{number:08d}"]],
        "address": "浙江省杭州市西湖区文三路 1 号",
        "birth_date": date(1960, 1, 1) + timedelta(days=number % 15000),
    }
    return papers | {
        "one_id": number,
        "kind": "person",
        "branch_no": "B1",
        "branch_name": "西湖支行",
        "branch_path": "HO/B1/",
        "rm_no": f"S{number % RMS:02d}",
        "rm_name": f"经理{number % RMS}",
        "as_of": DAY,
        "currency": "CNY",
        "tier": "mass",
        "aum": aum,
        "aum_mavg": aum,
        "change_3m": -aum // 10,
        **amounts,
        "loans": 0,
        "card_balance": 0,
        "credit_limit": 0,
        "risk_tolerance": "C3",
        "risk_valid_until": DAY + timedelta(days=number % 400),
        "next_maturity_on": due,
        "next_maturity_amount": aum // 5,
        "holds": ["current", "wealth"],
        "last_contact_at": datetime(2026, 10, 1, tzinfo=UTC),
        "last_login_at": datetime(2026, 10, 2, tzinfo=UTC),
        "open_complaints": int(number % 7 == 0),
        "source_count": 5,
        "gender": "M",
        "person": person,
        "due": [(1, "P1", "稳健 90 天", "wealth", aum // 5, due)],
        "related": [number % 1000 + 1],
        "relations": json.dumps([_SPOUSE | {"one_id": number % 1000 + 1}]),
        "ledger": "b0",
        "fingerprint": number,
    }


def _papers(chance: random.Random) -> dict[str, str]:
    """Documents of a usual size: 6 accounts, 5 holdings, 12 months, 50 entries, 10 conversations."""
    entry: dict[str, Any] = {
        "product_no": None,
        "product_name": None,
        "staff_no": None,
        "currency": "CNY",
        "kind": "transaction",
    }
    account: dict[str, Any] = {
        "source": "core",
        "kind": "current",
        "product_no": "P1",
        "product_name": "活期",
        "branch_no": "B1",
    }
    account |= {"currency": "CNY", "status": "active", "opened_on": "2020-01-01", "closed_on": None, "rate_bp": 20}
    holding: dict[str, Any] = {
        "source": "wealth",
        "product_no": "P1",
        "product_name": "稳健 90 天",
        "kind": "wealth",
        "risk": "R2",
    }
    holding |= {"currency": "CNY", "units": "1.0000", "cost": 1, "started_on": "2026-01-01", "matures_on": "2026-12-01"}
    said = {
        "kind": "call",
        "source": "callcentre",
        "channel": "phone",
        "staff_no": "S01",
        "topic": "理财",
        "sentiment": 0.1,
    }
    said |= {
        "status": "closed",
        "resolved_at": None,
        "text": "客户咨询理财产品到期后如何续作,希望了解三个月期限的稳健产品。",
    }
    parts: dict[str, Any] = {
        "accounts": [account | {"account_no": "1234", "balance": 1, "available": 1, "credit_limit": None}] * 6,
        "holdings": [holding | {"market_value": 100, "status": "held", "rate_bp": 300}] * 5,
        "monthly": [
            {
                "month": f"2026-{month:02d}-01",
                "aum": chance.randrange(10**9),
                "aum_mavg": 1,
                "inflow": 1,
                "outflow": 1,
                "salary": 1,
            }
            for month in range(1, 13)
        ],
        "cash_flow": None,
        "timeline": [
            entry
            | {
                "id": f"core-{chance.randrange(10**12)}",
                "at": "2026-10-30T04:00:00Z",
                "source": "core",
                "channel": "pos",
            }
            | {"name": "consume", "direction": "out", "amount": chance.randrange(10**7), "text": "微信支付 便利店"}
            for _ in range(50)
        ],
        "behaviour": {
            "sessions_30d": 1,
            "logins_30d": 1,
            "views_90d": 9,
            "pages": [{"page": "home", "views": 3, "seconds": 60}] * 8,
            "products": [],
            "risks": [],
            "hours": [1] * 24,
            "best_hour": None,
        },
        "sources": [
            {"source": "core", "source_key": "1", "opened_on": None, "accounts": 2, "known_at": "2026-10-31T16:00:00Z"}
        ]
        * 5,
        "interactions": [said | {"id": f"c-{place}", "at": "2026-10-30T04:00:00Z"} for place in range(10)],
        "complaints": [],
    }
    return {name: json.dumps(part, ensure_ascii=False, separators=(",", ":")) for name, part in parts.items()}


def _numbers(bank: Bank, customers: int) -> list[list[str]]:
    """Customer numbers of each RM's book."""
    numbers = bank.keys.customer_numbers.encode_many(np.arange(1, customers + 1))
    return [numbers[(rm - 1) % RMS :: RMS] for rm in range(RMS)]


def _pages(numbers: list[list[str]], cookies: list[str]) -> list[str]:
    """Pages of random customers, each asked for by its own RM."""
    chance = random.Random(5)
    books = [chance.randrange(RMS) for _ in range(20_000)]
    return [f"/api/customers/{chance.choice(numbers[book])} {cookies[book]}" for book in books]


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    """The real server in processes of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | {"LIUKE_HOME": str(settings.home), "LIUKE_PORT": str(port), "LIUKE_LOG_LEVEL": "warning"}
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--factory",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--workers", os.environ.get("LIUKE_WORKERS", "2"), "--no-log", "liuke.app.serve:application"]
    server = subprocess.Popen(command, env=environment, cwd=settings.home, start_new_session=True)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not come up")


def _sign_in(port: int, login: str) -> str:
    """The cookie of a fresh session."""
    body = json.dumps({"login": login, "password": PASSWORD}).encode()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/session", body, {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return str(answer.headers["set-cookie"]).split(";", 1)[0]


def _knock(port: int, rate: float, seconds: float, requests: list[str]) -> dict[str, Any]:
    """Load from a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run(
            [sys.executable, "-m", "bench.knock", str(port), str(rate), str(seconds), out.name],
            input="\n".join(requests),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: dict[str, Any] = json.loads(Path(out.name).read_text(encoding="utf-8"))
    return found
