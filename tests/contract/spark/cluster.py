"""A real standalone Spark on loopback: one master, two workers, each a process, started from the jars of the wheel."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from liuke.kernel.store import spark

#: Nothing leaves this machine.
HOME = "127.0.0.1"
WORKERS = 2
#: How long a process may take to be there; a loaded machine starts a JVM slowly.
PATIENCE = 600.0
#: A JVM that lives for minutes beside five others: quick to compile, one collector's thread.
JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
#: Small enough for two cores; interpreted rather than compiled, since the queries are wide and the rows few. A machine
#: busy with other things is slow, not gone: nothing is taken for dead before minutes have passed.
OPTIONS = {
    "spark.driver.extraJavaOptions": JVM,
    "spark.executor.extraJavaOptions": JVM,
    "spark.network.timeout": "900s",
    "spark.executor.heartbeatInterval": "60s",
    "spark.rpc.askTimeout": "600s",
    "spark.locality.wait": "0s",
    "spark.driver.host": HOME,
    "spark.driver.bindAddress": HOME,
    "spark.driver.memory": "2g",
    "spark.executor.memory": "1g",
    "spark.executor.cores": "1",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "600s",
}


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """The address of the master; everything ends with the block."""
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    port = _free()
    surroundings = os.environ | {
        "JAVA_HOME": str(spark.java()),
        "SPARK_HOME": str(program.parent.parent),
        "SPARK_LOCAL_IP": HOME,
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": f"{JVM} -Dspark.worker.timeout=900 -Dspark.network.timeout=900s",
    }
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, *words: str) -> None:
        with (folder / f"{name}.log").open("wb") as log:
            command = [str(program), *words]
            running.append(subprocess.Popen(command, env=surroundings, stdout=log, stderr=log, cwd=folder))

    def alive() -> bool:
        return all(process.poll() is None for process in running)

    try:
        master = ("--host", HOME, "--port", str(port), "--webui-port", "0")
        start("master", "org.apache.spark.deploy.master.Master", *master)
        _wait_for(lambda: _listens(port), alive, folder)
        address = f"spark://{HOME}:{port}"
        for number in range(WORKERS):
            place = ("--host", HOME, "--cores", "1", "--memory", "1g", "--webui-port", "0")
            work = ("--work-dir", str(folder / f"work-{number}"))
            start(f"worker-{number}", "org.apache.spark.deploy.worker.Worker", address, *place, *work)
        log = folder / "master.log"
        _wait_for(lambda: log.read_text(errors="replace").count("Registering worker") == WORKERS, alive, folder)
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_executors(session: Any) -> None:
    """Wait until every worker's executor has told the session that it is there."""
    until = time.monotonic() + PATIENCE
    while executors(session) < WORKERS:
        assert time.monotonic() < until, f"{executors(session)} of {WORKERS} executors came"
        time.sleep(0.2)


def executors(session: Any) -> int:
    """Executors the session knows; Spark counts the driver among those that hold blocks."""
    return int(session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()) - 1


def _free() -> int:
    with socket.socket() as one:
        one.bind((HOME, 0))
        return int(one.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOME, port), 1).close()
    except OSError:
        return False
    return True


def _wait_for(there: Callable[[], bool], alive: Callable[[], bool], folder: Path) -> None:
    """Wait until something is there; what the processes said is told when one ends or time is up."""
    until = time.monotonic() + PATIENCE
    while not there():
        if not alive() or time.monotonic() > until:
            logs = sorted(folder.glob("*.log"))
            raise AssertionError("\n".join(f"{log.name}: {log.read_text(errors='replace')[-2000:]}" for log in logs))
        time.sleep(0.2)
