"""数据源 · how the bank's separate systems become one set of canonical tables.

Answers: which sources there are and how fresh each is; what a file brought, what was set aside and why; which source
column a canonical column comes from; what the state of any canonical table is, now or as it could be known at a moment.

A *source contract* (a TOML text, `docs/source-contracts.md`) says where a source's rows are, what its columns mean and
how they become canonical rows (`docs/canonical-model.md`). A load lands the raw copy, checks every row as one set,
takes it or sets it aside with a reason, and becomes visible in one transaction. The same content twice changes nothing;
a load killed anywhere goes on from its raw copy.

Reads: files below ``settings.sources_dir``, databases and web services through dlt; contracts below
``settings.contracts_dir``. Writes: the lake tables of ``CANONICAL``; hands full lists of branches, staff and products
to ``org`` and ``products``.

Emits: ``source.loaded``, ``source.refused``, ``contract.saved``.

Rooms inside: ``contract`` (the texts), ``files`` (arrivals, raw copies, formats), ``take`` (checking and publishing).

Does not: decide who is the same person (identity does) or guess what an unknown column means.
"""

from liuke.data.sources.canonical import CANONICAL
from liuke.data.sources.current import current_sql
from liuke.data.sources.lineage import lineage
from liuke.data.sources.model import Load, LoadState, SourceLoaded, SourceView
from liuke.data.sources.model import cadence_of as cadence_of
from liuke.data.sources.service import contract_problems, quarantine, source_list
from liuke.data.sources.take.ingest import load_all, load_source

__all__ = [
    "CANONICAL",
    "Load",
    "LoadState",
    "SourceLoaded",
    "SourceView",
    "contract_problems",
    "current_sql",
    "lineage",
    "load_all",
    "load_source",
    "quarantine",
    "source_list",
]
