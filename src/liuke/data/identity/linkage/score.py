"""Match weights of pairs: an unsupervised Fellegi–Sunter model, trained and applied by Splink on DuckDB."""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.identity.linkage.block import Pairs, unpack
from liuke.data.identity.linkage.compare import MISSING, Comparison
from liuke.data.identity.linkage.model import Model

#: Pairs scored at a time: bounds memory at about 1 GB.
CHUNK: Final = 2_500_000
#: Least probability of an outcome among true pairs (m) and among others (u): training that never saw an outcome has
#: not shown that it cannot be; people do move house and change their number.
_LEAST: Final = {"m_probability": 1e-3, "u_probability": 1e-7}

Progress = Callable[[float], None]


def score(
    records: pa.Table,
    pairs: Pairs,
    *,
    model: Model,
    comparisons: Sequence[Comparison],
    floor: float,
    progress: Progress | None = None,
) -> pa.Table:
    """Edges whose match weight is at least ``floor``: left, right, weight (log2 odds) and ``gamma_<comparison>``.

    records: comparable records with a dense ``record`` column. A gamma counts levels from weakest (0); -1 is missing.
    Source: Fellegi & Sunter 1969; term frequencies as in Splink (Linacre et al. 2022, IJPDS 7(3)).
    """
    settings = dict(model.settings) | {"probability_two_random_records_match": model.prior(records.num_rows)}
    needed = ["record", *_columns(comparisons)]
    with _splink(records.select(needed), settings) as (connection, linker):
        parts = []
        for start in range(0, max(len(pairs), 1), CHUNK):
            parts.append(_score_chunk(connection, linker, pairs[start : start + CHUNK], floor))
            if progress:
                progress(min(1.0, (start + CHUNK) / max(len(pairs), 1)))
    return pa.concat_tables(parts).combine_chunks()


def train(
    records: pa.Table,
    pairs: Pairs,
    *,
    comparisons: Sequence[Comparison],
    rules: Sequence[str],
    seed: int,
    sample_pairs: float = 4e6,
    note: str = "",
) -> Model:
    """Estimate the model from unlabelled records.

    u comes from random pairs, m from expectation maximisation within each of ``rules`` (SQL conditions over ``l`` and
    ``r``; a rule says nothing about the comparisons it uses), the prior from the candidate ``pairs``.
    """
    settings = {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "comparisons": [comparison.settings() for comparison in comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "probability_two_random_records_match": 1.0 / max(records.num_rows, 2),
    }
    with _splink(records.select(["record", *_columns(comparisons)]), settings) as (_, linker):
        linker.training.estimate_u_using_random_sampling(max_pairs=sample_pairs, seed=seed)
        for rule in rules:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=sample_pairs
            )
        trained = linker.misc.save_model_to_json()
    start = Model(_completed(trained, comparisons), 0.5, records.num_rows, note)
    edges = score(records, pairs, model=start, comparisons=comparisons, floor=-40.0)
    matches = expected_matches(edges["weight"].to_numpy(), start.prior(records.num_rows), records.num_rows)
    return replace(start, matches_per_record=matches / records.num_rows)


def expected_matches(weights: npt.NDArray[np.float64], prior: float, records: int) -> float:
    """Number of true pairs among candidates at the fixed point where the prior equals its own consequence.

    weights: (e,) log2 odds under ``prior``, 0–1, over all pairs of ``records``. Source: the M step for the share of
    matches, Winkler 1988.
    """
    evidence = weights - math.log2(prior / (1 - prior))
    everything = records * (records - 1) / 2
    matches = prior * everything
    for _ in range(100):
        odds = math.log2(matches / max(everything - matches, 1e-9))
        found = max(float((1 / (1 + np.exp2(-np.clip(evidence + odds, -60, 60)))).sum()), 1e-3)
        if abs(found - matches) <= 1e-4 * matches:
            break
        matches = found
    return matches


def _completed(trained: dict[str, Any], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Splink's settings with a probability for every outcome, also those never seen in training."""
    stated = {(c.name, level.code): level for c in comparisons for level in c.levels}
    for comparison in trained["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level["label_for_charts"] == MISSING:
                continue
            ours = stated[comparison["output_column_name"], level["label_for_charts"]]
            if not level.get("m_probability") and not level.get("u_probability"):
                level["m_probability"], level["u_probability"] = ours.unseen or (0.5, 0.5)
            for side, least in _LEAST.items():
                level[side] = max(float(level.get(side) or 0.0), least)
            level["u_probability"] = ours.u or level["u_probability"]
            level.pop("fix_u_probability", None)
    trained.pop("linker_uid", None)
    return trained


def gammas(edges: pa.Table, comparison: Comparison) -> npt.NDArray[np.int64]:
    """Position of the outcome in ``comparison.levels`` for each edge (0 is missing)."""
    gamma = edges[f"gamma_{comparison.name}"].to_numpy().astype(np.int64)
    return np.where(gamma < 0, 0, len(comparison.levels) - 1 - gamma)


@contextmanager
def _splink(records: pa.Table, settings: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    for name in ("splink", "splink.internals"):
        logging.getLogger(name).setLevel(logging.ERROR)
    connection = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
    try:
        connection.register("records", records)
        api = DuckDBAPI(connection)
        yield connection, Linker(api.register("records"), settings, log_level=None, validate_settings=False)
    finally:
        connection.close()


def _score_chunk(connection: Any, linker: Any, pairs: Pairs, floor: float) -> pa.Table:  # noqa: ANN401
    left, right = unpack(pairs)
    candidates = pa.table(
        {
            "match_key": pa.array(np.zeros(len(pairs), np.int8)),
            "join_key_l": pa.array(left.astype(np.int32)),
            "join_key_r": pa.array(right.astype(np.int32)),
        }
    )
    connection.register("candidates", candidates)
    api = linker._db_api  # noqa: SLF001  Splink has no public way back from a linker to its engine
    linker.table_management.register_blocked_pairs_for_predict(api.register("candidates"))
    predicted = linker.inference.predict(threshold_match_weight=floor, warning_mode="never")
    names = [c["output_column_name"] for c in linker.misc.save_model_to_json()["comparisons"]]
    gamma = ", ".join(f"gamma_{name}::TINYINT AS gamma_{name}" for name in names)
    sql = (
        f"SELECT record_l::INTEGER AS left, record_r::INTEGER AS right, match_weight::DOUBLE AS weight, {gamma}"
        f" FROM {predicted.physical_name}"
    )
    edges = connection.sql(sql).to_arrow_table()
    predicted.drop_table_from_database_and_remove_from_cache()
    connection.unregister("candidates")
    return edges


def _columns(comparisons: Sequence[Comparison]) -> list[str]:
    """Columns that the comparisons' conditions read."""
    import re

    found: list[str] = []
    for comparison in comparisons:
        for level in comparison.levels:
            found += re.findall(r"\b(\w+)_[lr]\b", level.sql)
    return list(dict.fromkeys(found))


def probability(weight: float) -> float:
    """Match probability, 0–1, of a match weight (log2 odds)."""
    return 1.0 / (1.0 + math.pow(2.0, -weight)) if weight > -500 else 0.0


def distinct(values: pa.Array) -> int:
    """Number of distinct values that are not null."""
    return int(pc.count_distinct(values, mode="only_valid").as_py())
