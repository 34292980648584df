"""数据开发 · tables a data engineer derives from the lake by a query, kept up to date and held to quality rules.

Answers: which derived tables there are, how fresh and how good; what a query would give before it is saved; which
column comes from which; what failed, why, and what waits for it.

A *definition* (a TOML text with a SELECT, `docs/pipelines.md`; from a screen or a file below
``settings.pipelines_dir``) is checked as a whole: one portable SELECT over known tables. Published, it runs after its
inputs' loads or by cadence; cut by day or month, only partitions are recomputed that changed rows can touch. Rows that
break a quality rule become visible to nobody: the last good version stays, and what is made from the table stops and
says so.

Reads: the canonical tables in their present state, and derived tables. Writes: derived tables of the lake, one
transaction a run. Queries run in a database sealed off from files, network and settings.

Emits: ``pipeline.saved``, ``pipeline.stated``, ``pipeline.built``, ``pipeline.failed``, ``pipeline.previewed``.

Rooms inside: ``define`` (the texts), ``query`` (what may be written, what it gives), ``build`` (runs).

Does not: know customers across source systems (a table keeps ``source`` and ``party_key``; identity joins them).
"""

from liuke.data.pipelines.build.run import Wanted, bring
from liuke.data.pipelines.define.edit import file_problems, install, publish_newest
from liuke.data.pipelines.lineage import lineage
from liuke.data.pipelines.model import PipelineBuilt, RunKind, View
from liuke.data.pipelines.service import check_definition, overview, tables

__all__ = [
    "PipelineBuilt",
    "RunKind",
    "View",
    "Wanted",
    "bring",
    "check_definition",
    "file_problems",
    "install",
    "lineage",
    "overview",
    "publish_newest",
    "tables",
]
