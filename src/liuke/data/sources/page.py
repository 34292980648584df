"""The canonical model as a page people read: `docs/canonical-model.md` is this text, kept so by a test."""

from typing import Final

from liuke.data.sources.canonical import CANONICAL, CODES, KEYS, REQUIRED
from liuke.kernel.store.columns import PiClass, Retention
from liuke.kernel.store.lake import LakeColumn, LakeTable

_HEAD: Final = """# 标准模型 · the canonical model

所有数据源经契约(`source-contracts.md`)变成下面这些表。它们是数据湖里的 Parquet 文件,目录在 PostgreSQL 里;
一次装载的各个文件在同一个事务里一起可见。本页由 `liuke.data.sources.page` 生成,测试保证两者一致,请勿手改。

**怎样读。** 同一编号可以有多行:`revision` 0 是首次,大于 0 是更正。现状用 `sources.current_sql(表)`,某一时刻可知的状态用
`sources.current_sql(表, as_of=…)`:它只看 `known_at` 不晚于该时刻的行,并取每个 (source, source_key) 的最后一次修订。

**单位。** 金额是 BIGINT,单位分(该币种的最小单位),旁边必有 `currency`;利率是每年的基点;日期是 DATE;
时间是 UTC 的 TIMESTAMPTZ。
当事人、账户以来源系统和它在那里的编号为名:`party_key`、`account_key` 与本行的 `source` 连用。

**个人信息类别**按 JR/T 0171-2020:C1 行内信息,C2 可识别个人或反映财产状况,C3 鉴别信息(不入湖)。
**保存期**:record 十年,work 两年。
"""


def render() -> str:
    """The whole page in Markdown."""
    tables = "\n".join(_table(table) for table in CANONICAL.values())
    return f"{_HEAD}\n## 每张表都有的列\n\n{_columns(KEYS, None)}\n{tables}"


def _table(table: LakeTable) -> str:
    own = table.columns[len(KEYS) :]
    return f"## {table.name} · {table.meaning}\n\n{_columns(own, table.name)}"


def _columns(columns: tuple[LakeColumn, ...], table: str | None) -> str:
    lines = ["| 列 | 类型 | 含义 | 单位 | 必有 | 个人信息 | 保存期 |", "|---|---|---|---|---|---|---|"]
    lines += [_line(column, table) for column in columns]
    return "\n".join(lines) + "\n"


def _line(column: LakeColumn, table: str | None) -> str:
    must = "是" if table is None or column.name in REQUIRED.get(table, ()) else ""
    codes = "(代码固定)" if (table, column.name) in CODES else ""
    pi = "" if column.pi is PiClass.NONE else column.pi.value.upper()
    keep = Retention(column.keep).value
    return f"| `{column.name}` | {column.kind} | {column.meaning}{codes} | {column.unit} | {must} | {pi} | {keep} |"
