"""The engine that runs the segments' SQL on the bank's Spark: the same steps, in Spark's words."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from liuke.data import identity
from liuke.insight.segments.batch.duck import answer, put, question
from liuke.insight.segments.batch.model import Refreshed, Task
from liuke.insight.segments.batch.steps import CHOSEN, CUSTOMER, steps
from liuke.insight.segments.count import happen
from liuke.kernel.store import spark as cluster
from liuke.kernel.store.steps import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkEngine:
    """Membership by SQL on the Spark that ``LIUKE_TABLES`` names."""

    name = "spark"

    def find(self, task: Task) -> Refreshed:
        """All segments in one query. Raises NoSpark, NoJava, SparkAway."""
        with cluster.session(task.bank.settings.spark) as spark:
            return self.find_on(spark, task)

    def find_on(self, spark: "SparkSession", task: Task) -> Refreshed:
        """The same in a session that is there."""
        lake, asked = task.bank.lake, question(task)
        with lake.engine() as engine:
            put(engine, task, asked)
            customers = engine.sql(f"SELECT * FROM {CUSTOMER}").to_arrow_table()
        with ExitStack() as lending:
            lending.enter_context(cluster.lent(spark, lake, CUSTOMER, customers))
            if asked.calls():
                members = identity.members(task.tx).select(["source", "source_key", "one_id"])
                lending.enter_context(cluster.lent(spark, lake, "member", members))
                cluster.view(spark, task.tx, lake, happen.SOURCE)
                cluster.run(spark, [Step("happened", happen.happened_sql("spark"), kept=False)])
            task.tell(0.1)
            cluster.run(spark, steps(asked, dialect="spark"))
            told = cluster.answer(spark, f"SELECT * FROM {CHOSEN}")
            spark.catalog.clearCache()
        return answer(told, task)
