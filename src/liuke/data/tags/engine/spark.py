"""The engine that runs the tags' SQL on the bank's Spark: the same steps, in Spark's words."""

from typing import TYPE_CHECKING

from liuke.data import identity, sources
from liuke.data.tags.engine.duck import hand
from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.engine.sql import TAGGED, steps
from liuke.data.tags.table import SUBJECTS, TABLES
from liuke.kernel.store import spark as cluster

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkEngine:
    """Tags by SQL on the Spark that ``LIUKE_TABLES`` names."""

    name = "spark"

    def compute(self, task: Task, into: Sink) -> Answer:
        """All tags from the canonical tables of the lake. Raises NoSpark, NoJava, SparkAway."""
        task.report(0.02, "连接 Spark")
        with cluster.session(task.bank.settings.spark) as spark:
            return self.compute_on(spark, task, into)

    def compute_on(self, spark: "SparkSession", task: Task, into: Sink) -> Answer:
        """The same in a session that is there."""
        lake = task.bank.lake
        for name in _read(task):
            cluster.view(spark, task.tx, lake, sources.CANONICAL[name])
        members = identity.members(task.tx).select(["source", "source_key", "one_id"])
        with cluster.lent(spark, lake, "member", members):
            task.report(0.1, "在 Spark 上计算标签")
            cluster.run(spark, steps(task.book, task.as_of, dialect="spark"))
            told = cluster.answer(spark, f"SELECT * FROM {TAGGED}").sort_by("one_id")
            spark.catalog.clearCache()
        hand(told, task.book, into)
        return Answer(full=True)


def _read(task: Task) -> list[str]:
    """Canonical tables the book's steps read."""
    measured = {entry.tag.measure.table for entry in task.book.measured if entry.tag.measure}
    return sorted({name for table in measured | set(SUBJECTS) for name in TABLES[table].reads})
