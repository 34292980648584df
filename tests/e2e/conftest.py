"""A served twin bank and a real browser, once per session."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from liuke.kernel.crypto import KeyRing

ROOT = Path(__file__).resolve().parents[2]
LIUKE = str(Path(sys.executable).with_name("liuke"))
TWINBANK = str(Path(sys.executable).with_name("twinbank"))

# Two processes test at once, on machines of any speed: five seconds are not enough for what a page fetches anew.
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Served:
    """A bank that is being served: where, and how to look into its database."""

    url: str
    home: Path
    database_url: str

    def query(self, statement: str) -> list[tuple]:
        """Rows of a query, read by the database's owner."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(statement).fetchall()

    def customer_no(self, one_id: int) -> str:
        """The public number of a customer."""
        return KeyRing.open(self.home / "keys").customer_numbers.encode(one_id)

    def phones(self, one_id: int) -> list[str]:
        """The mobile phones of a customer, in clear, as the source systems know them."""
        members = self.query(f"SELECT source, source_key FROM identity_member WHERE one_id = {one_id}")
        found = duckdb.execute(
            f"SELECT DISTINCT source, source_key, phone FROM read_parquet('{self.home}/lake/party/**/*.parquet')"
            " WHERE regexp_matches(phone, '^1[0-9]{10}$') ORDER BY source, source_key, phone"
        ).fetchall()
        return [phone for source, key, phone in found if (source, key) in members]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The twin bank of 600 customers × 3 months, through the whole pipeline, served on a free port."""
    home = tmp_path_factory.mktemp("e2e") / "home"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LIUKE_HOME": str(home), "LIUKE_PORT": str(port), "LIUKE_LOG_LEVEL": "warning"}
    subprocess.run(
        [LIUKE, "demo", "twin", "--customers", "600", "--months", "3"], env=environment, cwd=ROOT, check=True
    )
    server = subprocess.Popen([LIUKE, "serve"], env=environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, server)
        yield Served(url, home, _database_url(home))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The Chromium that ships with the web application's development packages.

    Of one module only: while its driver lives no other test of this thread may run an event loop.
    """
    told = subprocess.run(
        [str(Path(sys.executable).with_name("node")), "web/scripts/chromium.mjs"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    recipe = json.loads(told.stdout)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=recipe["executablePath"], env={**os.environ, **recipe["env"]}, args=recipe["args"]
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a bank's PC; the test fails on any console error or uncaught fault."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" and "status of 4" not in said.text else None,
    )
    yield opened
    context.close()
    assert faults == []


def _wait_until_ready(url: str, server: subprocess.Popen) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(f"{url}/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not become ready")


def _database_url(home: Path) -> str:
    from liuke.kernel.store.embedded import EmbeddedPostgres

    return EmbeddedPostgres(home / "pg").start()
