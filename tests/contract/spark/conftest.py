"""One Spark and one small bank for all contracts of this folder."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.spark import cluster

from liuke.app import demo
from liuke.data import identity, sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings
from liuke.kernel.store import spark as engine


#: Run by ``make test-spark``, which needs a Java; ``make test`` does not.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.spark)
            item.add_marker(pytest.mark.timeout(1800))


@pytest.fixture(scope="session")
def java() -> Path:
    """A Java; without one nothing here can run, and that is said, not skipped."""
    try:
        return engine.java()
    except engine.NoJava as fault:
        pytest.exit(f"{fault.message} (no Java {engine.OLDEST_JAVA}+ on JAVA_HOME, PATH or /usr/lib/jvm)", returncode=3)


@pytest.fixture(scope="session")
def master(java: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a standalone master with two workers."""
    with cluster.standalone(tmp_path_factory.mktemp("spark")) as address:
        yield address


@pytest.fixture(scope="session")
def spark(master: str) -> Iterator[Any]:
    """A session on that cluster, with both executors there."""
    with engine.session(master, options=cluster.OPTIONS) as found:
        cluster.wait_for_executors(found)
        yield found


@pytest.fixture(scope="session")
def twin() -> Iterator[Bank]:
    """A small twin bank, loaded and resolved; nothing that tags do not need.

    Its folder is not pytest's: PostgreSQL runs as a user of its own, whom another pytest that starts would shut out.
    """
    folder = Path(tempfile.mkdtemp(prefix="liuke-test-"))
    folder.chmod(0o755)
    try:
        yield from _bank(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _bank(folder: Path) -> Iterator[Bank]:
    program = str(Path(sys.executable).with_name("twinbank"))
    size = ["--customers", "250", "--months", "4", "--seed", "5"]
    subprocess.run([program, "make", *size, "--out", str(folder / "files")], check=True, capture_output=True)
    settings = Settings(
        home=folder / "home",
        contracts=Path(demo.__file__).parent / "twin",
        sources=folder / "files" / "sources",
        pool_size=4,
        _env_file=None,
    )
    machine = Actor.system("test")
    with open_bank(settings) as bank:
        sources.load_all(bank, machine)
        identity.run(bank, machine)
        yield bank
