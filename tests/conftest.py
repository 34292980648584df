"""What every test may ask for: a real PostgreSQL, a migrated bank of its own, a clock that stands still."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, attach
from liuke.kernel.clock import FixedClock
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres
from liuke.kernel.store.migrate import migrate


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data; a test that needs it skips when it is absent."""
    folder = Path(os.environ.get("LIUKE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data is not on this machine: no folder {folder} (set LIUKE_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL that lives as long as the session (each test process has its own)."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data", durable=False)
    yield server.start()
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """Name of a migrated database that test databases are copied from."""
    name = "liuke_template"
    _administer(postgres, f"CREATE DATABASE {name}")
    migrate(_with_database(postgres, name))
    return name


@pytest.fixture
def database_url(postgres: str, template: str) -> Iterator[str]:
    """Address of a fresh migrated database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _with_database(postgres, name)
    _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> FixedClock:
    """Noon of 2026-11-02 in Shanghai, a Monday."""
    return FixedClock(datetime(2026, 11, 2, 4, tzinfo=UTC))


@pytest.fixture
def bank(database_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Bank]:
    """An empty bank: migrated database, empty lake, fresh keys, fixed clock."""
    settings = Settings(home=tmp_path / "home", pool_size=4, _env_file=None)
    settings.home.mkdir()
    opened = attach(settings, database_url, clock=clock)
    yield opened
    opened.records.close()


@pytest.fixture
def machine() -> Actor:
    """The bank's own machine, which may do everything."""
    return Actor.system("test")


def _administer(url: str, statement: str) -> None:
    engine = create_engine(
        _with_database(url, "postgres").replace("postgresql://", "postgresql+psycopg://", 1),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _with_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
