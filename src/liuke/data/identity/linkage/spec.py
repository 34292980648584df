"""The specification of a link: which column names a record, and how the others are compared."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz import process

from liuke.data.identity.linkage.kinds import KINDS
from liuke.kernel.errors import Invalid


class Mode(StrEnum):
    """dedupe: any two records may be one. link: only records of different files."""

    DEDUPE = "dedupe"
    LINK = "link"


class SpecInvalid(Invalid):
    """关联说明文件不正确：{reason}。请对照手册"数据关联"一章修改。"""


@dataclass(frozen=True, slots=True)
class Column:
    """One compared column: its name in the file, its kind, and the column it may be swapped with."""

    name: str
    kind: str
    swaps_with: str | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """A link's specification.

    probability: match probability, 0–1, from which two records are joined.
    one_to_one: in link mode, whether a record has at most one partner in each other file.
    blocks: sets of columns that must agree for a pair to be compared; empty to derive them from the data.
    """

    id: str
    columns: tuple[Column, ...]
    mode: Mode = Mode.DEDUPE
    probability: float = 0.9
    one_to_one: bool = False
    encoding: str = "utf-8"
    blocks: tuple[tuple[str, ...], ...] = ()


def parse(text: str) -> Spec:
    """Read a specification in TOML. Raises: SpecInvalid."""
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SpecInvalid(reason=f"不是合法的 TOML({fault})") from fault
    _known(body, {"id", "columns", "mode", "probability", "one_to_one", "encoding", "blocks"})
    columns = tuple(_column(name, value) for name, value in _table(body, "columns").items())
    names = [column.name for column in columns]
    blocks = tuple(tuple(_one_of(names, name) for name in block) for block in body.get("blocks", []))
    for column in columns:
        if column.swaps_with:
            _one_of(names, column.swaps_with)
    return Spec(
        id=str(_needed(body, "id")),
        columns=columns,
        mode=_mode(body.get("mode", Mode.DEDUPE)),
        probability=_probability(body.get("probability", 0.9)),
        one_to_one=bool(body.get("one_to_one", False)),
        encoding=str(body.get("encoding", "utf-8")),
        blocks=blocks,
    )


def _column(name: str, value: object) -> Column:
    if isinstance(value, str):
        value = {"kind": value}
    if not isinstance(value, dict) or "kind" not in value:
        raise SpecInvalid(reason=f'列 {name} 要写成 {name} = "kind"')
    _known(value, {"kind", "swaps_with"})
    return Column(name, _one_of(list(KINDS), str(value["kind"])), value.get("swaps_with"))


def _mode(value: object) -> Mode:
    return Mode(_one_of([mode.value for mode in Mode], str(value)))


def _probability(value: object) -> float:
    if not isinstance(value, int | float) or not 0 < value < 1:
        raise SpecInvalid(reason=f"probability 应在 0 与 1 之间，现为 {value}")
    return float(value)


def _table(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = _needed(body, key)
    if not isinstance(table, dict) or not table:
        raise SpecInvalid(reason=f"[{key}] 是空的")
    return table


def _needed(body: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
    if key not in body:
        raise SpecInvalid(reason=f"缺少 {key}")
    return body[key]


def _known(body: Mapping[str, Any], names: set[str]) -> None:
    for key in body:
        _one_of(sorted(names), key)


def _one_of(names: list[str], given: str) -> str:
    """``given`` when it is one of the names; else an error that proposes the nearest. Raises: SpecInvalid."""
    if given in names:
        return given
    near = process.extractOne(given, names, score_cutoff=60)
    hint = f"，是否想写 {near[0]}" if near else f"，可用的有 {'、'.join(names)}"
    raise SpecInvalid(reason=f"不认识 {given}{hint}")
