"""What every test may ask for: a real PostgreSQL, a migrated bank of its own, a clock that stands still."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, attach
from liuke.kernel.clock import FixedClock
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres
from liuke.kernel.store.migrate import migrate

#: How quick the machine is decides no test, and neither does chance: every run draws the same examples. With
#: HYPOTHESIS_PROFILE=explore it draws others, to find what these did not.
_EVEN = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("house", _EVEN, derandomize=True, database=None)
hypothesis.settings.register_profile("explore", _EVEN)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

#: Folders whose tests share a bank that takes a minute to build: one process runs them all.
_TOGETHER = frozenset({"app", "e2e", "spark"})


class ByBank(LoadScopeScheduling):
    """Hands test files to processes, and folders that share a bank whole."""

    def _split_scope(self, nodeid: str) -> str:
        """What runs in one process: ``nodeid`` is ``tests/folder/…/test_file.py::test``."""
        file = nodeid.partition("::")[0]
        return next((folder for folder in file.split("/") if folder in _TOGETHER), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByBank:
    return ByBank(config, log)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data; a test that needs it skips when it is absent."""
    folder = Path(os.environ.get("LIUKE_TEST_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real data is not on this machine: no folder {folder} (set LIUKE_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL that lives as long as the session (each test process has its own).

    Not in pytest's folder: for root PostgreSQL runs as another user, who may not enter there.
    """
    folder = Path(tempfile.mkdtemp(prefix="liuke-test-"))
    server = EmbeddedPostgres(folder / "data", durable=False)
    yield server.start()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated(postgres: str) -> str:
    """Address of a migrated database; what its migrations put in is remembered beside it."""
    migrate(postgres)
    with psycopg.connect(postgres, autocommit=True) as owner:
        owner.execute(_REMEMBER)
    return postgres


@pytest.fixture
def database_url(migrated: str) -> str:
    """Address of a database as the migrations leave it. Emptying one is ten times quicker than making one."""
    with psycopg.connect(migrated, autocommit=True) as owner:
        owner.execute(_LEAVE)
        owner.execute(_RESTORE)
    return migrated


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


#: Keep a copy of every row the migrations wrote.
_REMEMBER = """
CREATE SCHEMA remembered;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE remembered.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$"""

#: A test before may have left somebody connected.
_LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""

#: Back to what was remembered; as a replica no trigger fires, not even the one that guards the event log.
_RESTORE = """
DO $$ DECLARE name text; kept boolean; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('SELECT EXISTS (TABLE remembered.%I)', name) INTO kept;
        IF kept THEN
            EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE TABLE remembered.%1$I', name);
        END IF;
    END LOOP;
END $$"""
