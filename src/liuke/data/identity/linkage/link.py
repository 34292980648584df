"""Find the same party, or the same anything, in any tables: trained on them without labels, blocked by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.identity.linkage import block, hashes, score
from liuke.data.identity.linkage.cluster import Facts, cluster
from liuke.data.identity.linkage.columns import flat, mapped
from liuke.data.identity.linkage.kinds import KINDS
from liuke.data.identity.linkage.model import Model
from liuke.data.identity.linkage.spec import Mode, Spec
from liuke.kernel.errors import Invalid

#: Candidate pairs per record that derived blocking may bring forth.
_BUDGET: Final = 150
#: A derived key held by more records than this is not used.
_BUSIEST: Final = 400
#: Match weight below which a pair is not kept.
_FLOOR: Final = -20.0

Say = Callable[[str, float], None]


class FileUnreadable(Invalid):
    """文件 {file} 无法读取({reason})。请检查路径、格式与编码。"""


class ColumnMissing(Invalid):
    """文件 {file} 中没有列 {column}。文件的列有：{columns}。"""


class IdsNotUnique(Invalid):
    """文件 {file} 中编号 {value} 重复出现。请指定能唯一区分记录的列。"""


class TooFew(Invalid):
    """文件中只有 {count} 条记录，至少要有两条才能关联。"""


@dataclass(frozen=True, slots=True)
class Linked:
    """table: file, record_id, cluster_id.  edges: (left, right, weight) by row.  model: what was learnt."""

    table: pa.Table
    edges: pa.Table
    model: Model


def link(files: Sequence[Path], *, spec: Spec, seed: int = 1, say: Say | None = None) -> Linked:
    """Cluster the records of one or more files.

    In dedupe mode any two records may be one; in link mode only records of different files. The model is trained on
    the files themselves, the prior by expectation maximisation over all candidate pairs.
    Raises: FileUnreadable, ColumnMissing, IdsNotUnique, TooFew.
    """
    say = say or (lambda _step, _done: None)
    say("读取文件", 0.0)
    raw = pa.concat_tables([_read(file, spec) for file in files])
    if raw.num_rows < 2:
        raise TooFew(count=raw.num_rows)
    records = _cleaned(raw, spec)
    group = pc.index_in(raw["file"], pa.array(sorted({str(f) for f in files}))).to_numpy().astype(np.int32) + 1
    apart = group if spec.mode is Mode.LINK else None
    say("分块", 0.2)
    pairs = _blocked(records, spec, apart)
    say("训练模型", 0.3)
    comparisons = [KINDS[c.kind].comparison(c.name, swaps_with=c.swaps_with) for c in spec.columns]
    rules = training_rules(records, spec)
    model = score.train(
        records, pairs, comparisons=comparisons, rules=rules, seed=seed, sample_pairs=1e6, note="所关联的文件"
    )
    say("比对", 0.7)
    edges = score.score(records, pairs, model=model, comparisons=comparisons, floor=_FLOOR)
    say("聚合", 0.9)
    labels = _clusters(edges, spec, group, records.num_rows)
    table = raw.select(["file", "record_id"]).append_column("cluster_id", pa.array(labels))
    say("完成", 1.0)
    return Linked(table, edges.select(["left", "right", "weight"]), model)


def training_rules(records: pa.Table, spec: Spec) -> list[str]:
    """Conditions within which expectation maximisation runs: the most telling columns, each alone or with the next.

    Three rules on three different columns, so that every comparison is estimated in at least two of them.
    """
    telling = sorted((c.name for c in spec.columns), key=lambda name: -_telling(records[name]))
    rules, ceiling = [], 20.0 * records.num_rows
    for at, name in enumerate(telling[:3]):
        chosen = [name]
        for more in telling[at + 1 :]:
            if _pair_count(hashes.together(*(_keys(records, c) for c in chosen))) <= ceiling:
                break
            chosen.append(more)
        rules.append(" AND ".join(f'l."{c}" = r."{c}"' for c in chosen))
    return rules


def _telling(values: pa.ChunkedArray) -> float:
    """How well a column singles out: minus log of the chance that two filled values agree, less what is empty."""
    counts = pc.value_counts(pc.drop_null(values)).field("counts").to_numpy().astype(np.float64)
    filled = counts.sum()
    if filled < 2:
        return 0.0
    agree = (counts * counts).sum() / filled**2
    return float(-np.log2(agree) * filled / len(values))


def _read(file: Path, spec: Spec) -> pa.Table:
    """One file's rows as trimmed text: file, record_id and the compared columns."""
    path = str(file)
    try:
        with duckdb.connect() as connection:
            if file.suffix.lower() in {".parquet", ".pq"}:
                found = connection.read_parquet(path)
            else:
                found = connection.read_csv(path, all_varchar=True, header=True, encoding=spec.encoding)
            table = found.to_arrow_table()
    except duckdb.Error as fault:
        raise FileUnreadable(file=path, reason=str(fault).splitlines()[0][:120]) from fault
    table = table.rename_columns([name.strip() for name in table.column_names])
    for name in (spec.id, *(c.name for c in spec.columns)):
        if name not in table.column_names:
            raise ColumnMissing(file=path, column=name, columns="、".join(table.column_names))
    columns = {name: _trimmed(table[name]) for name in (c.name for c in spec.columns)}
    ids = _trimmed(table[spec.id])
    _unique(ids, path)
    names = pa.array([path] * table.num_rows, pa.string())
    return pa.table({"file": names, "record_id": ids, **{f"v_{name}": values for name, values in columns.items()}})


def _unique(ids: pa.Array, file: str) -> None:
    counts = pc.value_counts(ids)
    if len(counts) and pc.max(counts.field("counts")).as_py() > 1:
        worst = counts.field("values")[int(np.argmax(counts.field("counts").to_numpy()))].as_py()
        raise IdsNotUnique(file=file, value=worst)


def _trimmed(values: pa.ChunkedArray) -> pa.Array:
    text = pc.utf8_trim_whitespace(pc.cast(values.combine_chunks(), pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _cleaned(raw: pa.Table, spec: Spec) -> pa.Table:
    columns = {"record": pa.array(np.arange(raw.num_rows, dtype=np.int32))}
    for column in spec.columns:
        columns[column.name] = mapped(raw[f"v_{column.name}"].combine_chunks(), KINDS[column.kind].form)
    return pa.table(columns)


def _blocked(records: pa.Table, spec: Spec, groups: npt.NDArray[np.int32] | None) -> block.Pairs:
    """Candidate pairs: by the stated blocks, or by the derived keys that bring the fewest pairs, within the budget."""
    if spec.blocks:
        stated = {"+".join(b): hashes.together(*(_keys(records, name) for name in b)) for b in spec.blocks}
        return block.pairs(stated, busiest=_BUSIEST, groups=groups)
    parts = {c.name: _keys(records, c.name) for c in spec.columns}
    for column in spec.columns:
        if size := KINDS[column.kind].prefix:
            start = pc.utf8_slice_codeunits(flat(records, column.name), 0, size)
            parts[f"{column.name}[:{size}]"] = hashes.of_text(start)
    keys = dict(parts)
    for first, second in combinations(parts, 2):
        if first.split("[")[0] != second.split("[")[0]:
            keys[f"{first}+{second}"] = hashes.together(parts[first], parts[second])
    left = _BUDGET * records.num_rows
    chosen = {}
    for name, cost in sorted(((n, _pair_count(k)) for n, k in keys.items()), key=lambda pair: pair[1]):
        if cost > left:
            break
        chosen[name] = keys[name]
        left -= cost
    return block.pairs(chosen, busiest=_BUSIEST, groups=groups)


def _pair_count(keys: hashes.Keys) -> int:
    _, counts = np.unique(keys[keys != 0], return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def _keys(records: pa.Table, name: str) -> hashes.Keys:
    return hashes.of_text(flat(records, name))


def _clusters(edges: pa.Table, spec: Spec, group: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    least = np.log2(spec.probability / (1 - spec.probability))
    kept = edges.filter(pc.greater_equal(edges["weight"], least))
    facts = Facts.nothing(count)
    if spec.mode is Mode.LINK and spec.one_to_one:
        facts = Facts(facts.document, facts.birth, facts.gender, group.astype(np.int64))
    left, right = (kept[name].to_numpy().astype(np.int64) for name in ("left", "right"))
    return cluster(left, right, kept["weight"].to_numpy(), facts=facts).labels
