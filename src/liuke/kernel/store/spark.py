"""The lake's tables on the bank's Spark: a session, and the files of a table as a view of it.

Spark reads the very Parquet files the lake wrote, so its workers must see the lake's folder under the same path. Every
setting that could make it answer otherwise than DuckDB is fixed here: UTC, exact decimals, no guessing of schemas.
"""

import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from liuke.kernel.errors import Unavailable
from liuke.kernel.store.lake import Lake, LakeTable
from liuke.kernel.store.records import ReadHandle
from liuke.kernel.store.steps import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: The oldest Java that Spark 4 runs on.
OLDEST_JAVA: Final = 17
#: DuckDB types that Spark has no like of; no query over canonical tables reads such columns.
_UNREADABLE: Final = frozenset({"UUID", "UBIGINT"})
#: The settings every session needs to answer as DuckDB does, and to keep quiet.
_FIXED: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.filterPushdown": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.host": os.environ.get("SPARK_LOCAL_IP", ""),
}


class NoSpark(Unavailable):
    """没有安装 Spark 的组件。请安装 liuke[spark]，或去掉 LIUKE_TABLES 使用内置引擎。"""


class NoJava(Unavailable):
    """没有找到 Java {oldest} 或更新的版本，Spark 无法启动。请安装 JRE {oldest} 并设置 JAVA_HOME。"""


class SparkAway(Unavailable):
    """连不上 Spark（{master}）。已有的标签快照不受影响，请检查集群后重试。"""


@cache
def java() -> Path:
    """The home of a Java that Spark runs on: JAVA_HOME, else the one on the path, else one installed by the system.

    Raises: NoJava.
    """
    found = [Path(home) for home in (os.environ.get("JAVA_HOME"),) if home]
    on_path = shutil.which("java")
    if on_path:
        found.append(Path(on_path).resolve().parent.parent)
    found += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    for home in found:
        if _version(home) >= OLDEST_JAVA:
            return home
    raise NoJava(oldest=OLDEST_JAVA)


def _version(home: Path) -> int:
    """The major version of a Java, 0 when there is none."""
    program = home / "bin" / "java"
    if not os.access(program, os.X_OK):
        return 0
    said = subprocess.run([str(program), "-version"], capture_output=True, text=True, check=False).stderr
    told = re.search(r'version "(\d+)', said)
    return int(told[1]) if told else 0


@contextmanager
def session(master: str, *, options: dict[str, str] | None = None) -> Iterator["SparkSession"]:
    """A session of its own on a Spark: ``spark://host:port``, ``local[2]``, ``yarn``. It ends with the block.

    Raises: NoSpark, NoJava, SparkAway.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise NoSpark from fault
    os.environ["JAVA_HOME"] = str(java())
    builder = SparkSession.builder.master(master).appName("liuke")
    for name, value in {**_FIXED, **(options or {})}.items():
        if value:
            builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
    except (PySparkException, Py4JError, OSError) as fault:
        raise SparkAway(master=master) from fault
    try:
        yield spark
    finally:
        spark.stop()


def view(spark: "SparkSession", tx: ReadHandle, lake: Lake, table: LakeTable) -> None:
    """A table of the lake as a view of its visible files; columns that Spark has no type for are left out."""
    columns = [column for column in table.columns if column.kind not in _UNREADABLE]
    schema = ", ".join(f"`{column.name}` {spark_type(column.kind)}" for column in columns)
    paths = [str(path.absolute()) for path in lake.files(tx, table)]
    rows = spark.read.schema(schema).parquet(*paths) if paths else spark.createDataFrame([], schema)
    rows.createOrReplaceTempView(table.name)


@contextmanager
def lent(spark: "SparkSession", lake: Lake, name: str, rows: pa.Table) -> Iterator[None]:
    """Rows that are in no file as a view, for as long as the block lasts: Spark reads them from the lake's folder."""
    folder = lake.root / ".spark"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{uuid.uuid4().hex}.lent"
    try:
        pq.write_table(rows, path)
        path.chmod(0o600)
        spark.read.parquet(str(path.absolute())).createOrReplaceTempView(name)
        yield
    finally:
        path.unlink(missing_ok=True)


def run(spark: "SparkSession", steps: Iterable[Step]) -> None:
    """The steps as views; the rows of those worth it are kept until the session's cache is cleared."""
    for step in steps:
        rows = spark.sql(step.query)
        (rows.cache() if step.kept else rows).createOrReplaceTempView(step.name)


def spark_type(kind: str) -> str:
    """Spark's word for a type of DuckDB."""
    return str(exp.DataType.build(kind, dialect="duckdb").sql(dialect="spark"))


def answer(spark: "SparkSession", query: str) -> pa.Table:
    """The rows of a query."""
    found: Any = spark.sql(query).toArrow()
    return found
