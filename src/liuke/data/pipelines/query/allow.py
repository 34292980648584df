"""What a query may be written with: everything not listed here is refused, whatever the database could do with it.

Listed are constructs that mean the same on DuckDB and on Spark, read nothing but tables, and give the same answer at
any time: no files, no network, no settings, no statements, no chance, no "now".
"""

from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from liuke.data.pipelines.model import Problem

#: Deepest nesting of brackets, and most nodes of a query.
MAX_DEPTH: Final = 48
MAX_NODES: Final = 6_000

_SHAPE: Final = (
    *(exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.With, exp.CTE, exp.TableAlias, exp.Alias),
    *(exp.From, exp.Join, exp.Where, exp.Group, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Having, exp.Qualify),
    *(exp.Order, exp.Ordered, exp.Distinct, exp.Window, exp.WindowSpec, exp.Filter, exp.Table, exp.Column, exp.Star),
    *(exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Tuple, exp.Paren, exp.Interval, exp.DataType),
    *(exp.DataTypeParam, exp.IgnoreNulls, exp.RespectNulls, exp.Exists),
)
_OPERATORS: Final = (
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Is, exp.In, exp.Between, exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg),
    *(exp.DPipe, exp.Case, exp.If, exp.Cast, exp.TryCast),
)
_FUNCTIONS: Final = (
    *(exp.Abs, exp.Ceil, exp.Floor, exp.Round, exp.Sign, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow, exp.Greatest, exp.Least),
    *(exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Substring, exp.Left, exp.Right),
    *(exp.Replace, exp.Concat, exp.StartsWith, exp.Contains, exp.RegexpLike, exp.MD5, exp.TimeToStr),
    *(exp.Year, exp.Quarter, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Extract, exp.DayOfWeekIso),
    *(exp.TimestampTrunc, exp.DateTrunc, exp.DateDiff, exp.LastDay, exp.DateFromParts, exp.DateAdd, exp.DateSub),
    *(exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.ArgMax, exp.ArgMin, exp.Median, exp.Stddev),
    *(exp.StddevSamp, exp.StddevPop, exp.Variance, exp.VariancePop, exp.LogicalAnd, exp.LogicalOr),
    *(exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue),
)
_ALLOWED: Final = frozenset((*_SHAPE, *_OPERATORS, *_FUNCTIONS))

_TYPES: Final = frozenset(
    getattr(exp.DataType.Type, name)
    for name in (
        *("BOOLEAN", "INT", "BIGINT", "SMALLINT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT", "DATE", "TIMESTAMP"),
        *("TIMESTAMPTZ", "INTERVAL"),
    )
)
_UNITS: Final = frozenset(
    {"DAY", "DAYS", "WEEK", "MONTH", "MONTHS", "YEAR", "YEARS", "HOUR", "HOURS", "MINUTE", "MINUTES"}
)
_PARTS: Final = frozenset({"YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})

#: Why something often tried is refused, by SQLGlot's name of it.
_WHY: Final = {
    "Limit": "不能用 LIMIT：没有全序时每次取到的行不同。请用 qualify row_number() over (…) <= n。",
    "Offset": "不能用 OFFSET。请用 qualify row_number() over (…)。",
    "Fetch": "不能用 FETCH。请用 qualify row_number() over (…) <= n。",
    "Rand": "不能用随机数：同样的数据须得到同样的结果。",
    "Uuid": "不能用随机编号：同样的数据须得到同样的结果。",
    "CurrentDate": "没有“今天”：同样的数据须得到同样的结果。请用数据里的日期，例如 max(event_time)。",
    "CurrentTimestamp": "没有“现在”：同样的数据须得到同样的结果。请用数据里的时间。",
    "AnyValue": "any_value 每次可能取到不同的值。请用 min、max 或 arg_max。",
    "ApproxDistinct": "近似计数在不同引擎上结果不同。请用 count(distinct …)。",
    "GroupConcat": "拼接文字的顺序不固定，这里不能用。",
    "DayOfWeek": "dayofweek 在不同引擎上从不同的日子数起。请用 isodow（周一为 1）。",
    "RegexpReplace": "regexp_replace 在 Spark 上替换的次数不同。请用 replace。",
    "TableSample": "不能抽样：同样的数据须得到同样的结果。",
    "Lateral": "LATERAL 不能移植到 Spark。请改写成子查询。",
    "Pivot": "PIVOT 不能移植到 Spark。请用 sum(…) filter (where …) 逐列写出。",
    "Unnest": "不能展开列表。",
    "Explode": "不能展开列表。",
    "Values": "不能写 VALUES。请用 union all 或先建数据源。",
    "Columns": "COLUMNS(…) 不能移植到 Spark。请逐列写出。",
    "Lambda": "不能写 λ 函数。",
    "Array": "不能用列表。",
    "List": "不能用列表。",
    "Struct": "不能用结构。",
    "Placeholder": "不能用参数。",
    "Parameter": "不能用参数。",
    "Into": "只能查询，不能写表。",
    "Insert": "只能查询，不能写表。",
    "Lock": "只能查询，不能加锁。",
    "HistoricalData": "不能指定表的历史版本。",
    "ILike": "ILIKE 请写成 lower(…) like lower(…)。",
}


def refused(tree: exp.Query, text: str) -> Iterator[Problem]:
    """Everything in a query that may not be there, each construct once."""
    told: set[str] = set()
    for number, node in enumerate(tree.walk()):
        if number > MAX_NODES:
            yield Problem("sql", 1, 1, f"查询过大，至多 {MAX_NODES} 个语法成分。请拆成几张加工表。")
            return
        reason = _reason(node)
        if reason and reason not in told:
            told.add(reason)
            yield at(node, text, reason)


def at(node: exp.Expression, text: str, message: str) -> Problem:
    """A problem at the place of a node: where the first thing with a place in it stands."""
    starts = [one.meta["start"] for one in node.walk() if "start" in one.meta]
    above = node.parent
    while not starts and above is not None:
        starts = [above.meta["start"]] if "start" in above.meta else []
        above = above.parent
    return spot(text, min(starts, default=0), message)


def spot(text: str, start: int, message: str) -> Problem:
    """A problem at a character of the query."""
    return Problem("sql", text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), message)


def _reason(node: exp.Expression) -> str:
    kind = type(node)
    if isinstance(node, exp.Anonymous):
        return f"不能使用函数 {node.name[:40]}。可用的函数见手册“数据开发”。"
    if kind not in _ALLOWED:
        name = kind.__name__
        if name in _WHY:
            return _WHY[name]
        said = node.sql_name() if isinstance(node, exp.Func) else name
        return f"不能使用 {said.lower()[:40]}：它不在可移植的写法之内。"
    check = _DETAILS.get(kind)
    return check(node) if check else ""


def _table(node: exp.Expression) -> str:
    if not isinstance(node.this, exp.Identifier):
        return "FROM 后面只能写表名，不能读取文件或使用表函数。"
    if node.args.get("db") or node.args.get("catalog"):
        return "表名前不能写库名。"
    return ""


def _column(node: exp.Expression) -> str:
    return "列名前只能写一个表名或别名。" if node.args.get("db") else ""


def _join(node: exp.Expression) -> str:
    method = str(node.args.get("method") or "").upper()
    kind = str(node.args.get("kind") or "").upper()
    odd = next((one for one in (method, kind) if one in ("ASOF", "NATURAL", "POSITIONAL", "STRAIGHT")), "")
    return f"{odd} 联接不能移植到 Spark。请写明 on 或 using。" if odd else ""


def _with(node: exp.Expression) -> str:
    return "不能写递归查询（with recursive）。" if node.args.get("recursive") else ""


def _distinct(node: exp.Expression) -> str:
    return "DISTINCT ON 不能移植到 Spark。请用 qualify row_number() over (…) = 1。" if node.args.get("on") else ""


def _star(node: exp.Expression) -> str:
    return "星号后的 RENAME 不能移植到 Spark。请逐列写出。" if node.args.get("rename") else ""


def _type(node: exp.Expression) -> str:
    return "" if node.this in _TYPES else f"不能转换成 {node.sql('duckdb').lower()[:40]}。"


def _unit(node: exp.Expression) -> str:
    unit = node.args.get("unit")
    name = str(unit.name if unit is not None else "").upper()
    return "" if not name or name in _UNITS else f"时间间隔的单位不能用 {name.lower()[:20]}。"


def _datediff(node: exp.Expression) -> str:
    unit = node.args.get("unit")
    name = str(unit.name if unit is not None else "DAY").upper()
    return "" if name == "DAY" else "date_diff 只能数天（'day'）：其他单位在不同引擎上算法不同。"


def _extract(node: exp.Expression) -> str:
    name = str(node.this.name).upper()
    return "" if name in _PARTS else f"不能取 {name.lower()[:20]}。可取年、季、月、日、时、分、秒。"


def _union(node: exp.Expression) -> str:
    return "UNION BY NAME 不能移植到 Spark。请按列的次序写。" if node.args.get("by_name") else ""


_DETAILS: Final = {
    exp.Table: _table,
    exp.Column: _column,
    exp.Join: _join,
    exp.With: _with,
    exp.Distinct: _distinct,
    exp.Star: _star,
    exp.DataType: _type,
    exp.Interval: _unit,
    exp.DateDiff: _datediff,
    exp.Extract: _extract,
    exp.Union: _union,
}
