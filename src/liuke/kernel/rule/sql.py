"""Writes a checked rule as an SQL expression of DuckDB, PostgreSQL or Spark.

The expression is built of SQLGlot nodes, so every value and name is quoted by the dialect's own rules. Numbers are
computed as whole numbers of units of 10^-scale: exact, and alike on every engine.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias, cast

from sqlglot import exp

from liuke.kernel.rule.checked import Checked
from liuke.kernel.rule.model import Type
from liuke.kernel.rule.term import LARGEST_64, Apply, Const, Kind, Ref, Shape, Term, WindowCall, Windowed

Dialect: TypeAlias = Literal["duckdb", "postgres", "spark"]
#: Answers a window call with an expression: a column of a prepared table, or text read in the dialect.
WindowSql: TypeAlias = Callable[[WindowCall], "exp.Expression | str"]

DAY_MICROS: Final = 86_400_000_000
CHINA_MICROS: Final = 28_800_000_000
_WIDE: Final = {"duckdb": "HUGEINT", "postgres": "NUMERIC", "spark": "DECIMAL(38,0)"}
_TEXT: Final = {"duckdb": "VARCHAR", "postgres": "TEXT", "spark": "STRING"}


def to_sql(checked: Checked, dialect: Dialect = "duckdb", *, windowed: WindowSql | None = None) -> str:
    """The rule as an SQL expression over the columns of the catalogue's fields; a condition is true, false or NULL."""
    return str(to_expression(checked, dialect, windowed=windowed).sql(dialect=dialect))


def to_expression(
    checked: Checked, dialect: Dialect = "duckdb", *, windowed: WindowSql | None = None
) -> exp.Expression:
    """The rule as a SQLGlot expression, to be built into a larger statement."""
    writer = Sql(dialect, windowed)
    return writer.stored(checked.term)


class Sql:
    """The writer for one dialect; functions use its small pieces so that they need not know the dialect's words."""

    def __init__(self, dialect: Dialect, windowed: WindowSql | None = None) -> None:
        self.dialect = dialect
        self.windowed = windowed

    def stored(self, term: Term) -> exp.Expression:
        """A term as a column would hold it: a decimal with its point."""
        if isinstance(term, Ref):
            return self.column(term)
        written = self.term(term)
        shape = term.shape
        if shape.kind is not Kind.NUMBER:
            return written
        return self.shifted(written, shape) if shape.scale else self.typed(written, shape)

    def shifted(self, written: exp.Expression, shape: Shape) -> exp.Expression:
        """Units of 10^-scale as a decimal number."""
        digits = len(str(shape.limit))
        unit = self.decimal(Decimal(1).scaleb(-shape.scale), shape.scale, shape.scale)
        whole = self.cast(written, f"DECIMAL({min(38, max(digits, 1))},0)")
        return self.cast(self.binary(exp.Mul, whole, unit), f"DECIMAL({max(digits, shape.scale)},{shape.scale})")

    def decimal(self, value: Decimal, digits: int, scale: int) -> exp.Expression:
        """A decimal literal of a stated size."""
        return self.cast(exp.Literal.number(format(value, "f")), f"DECIMAL({max(digits, scale, 1)},{scale})")

    def term(self, term: Term) -> exp.Expression:
        """A term in the form rules are computed in."""
        match term:
            case Const():
                return self.const(term)
            case Ref():
                return self.ref(term)
            case Windowed():
                return self.window(term)
            case _:
                return cast("exp.Expression", term.function.sql(self, term, tuple(self.term(arg) for arg in term.args)))

    def const(self, const: Const) -> exp.Expression:
        value = const.value
        if value is None:
            return exp.Null()
        if isinstance(value, bool):
            return exp.Boolean(this=value)
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, datetime):
            moment = value.astimezone(UTC)
            return self.cast(exp.Literal.string(moment.strftime("%Y-%m-%d %H:%M:%S.%f+00:00")), "TIMESTAMPTZ")
        if isinstance(value, date):
            return self.day(value)
        return exp.Literal.string(value)

    def integer(self, value: int) -> exp.Expression:
        literal = exp.Literal.number(str(abs(value)))
        return exp.Paren(this=exp.Neg(this=literal)) if value < 0 else literal

    def day(self, value: date) -> exp.Expression:
        return self.cast(exp.Literal.string(value.isoformat()), "DATE")

    def column(self, ref: Ref) -> exp.Expression:
        """The column a field stands in."""
        parts = [exp.to_identifier(part, quoted=True) for part in (ref.field.column or ref.name).split(".")]
        return cast("exp.Expression", exp.Dot.build(parts)) if len(parts) > 4 else exp.column(*reversed(parts))

    def ref(self, ref: Ref) -> exp.Expression:
        column = self.column(ref)
        if ref.field.type == Type.DECIMAL and ref.shape.scale:
            return self.units(column, ref.shape)
        return column

    def units(self, column: exp.Expression, shape: Shape) -> exp.Expression:
        """A decimal column in units of 10^-scale; in 64 bits where the row's value allows it."""

        def raised(digits: int) -> exp.Expression:
            wide = self.cast(column, f"DECIMAL({digits},{shape.scale})")
            return self.cast(self.binary(exp.Mul, wide, self.integer(10**shape.scale)), self.whole(shape.limit))

        digits = min(38, len(str(shape.limit)) + shape.scale)
        if self.dialect != "duckdb" or digits <= 18 or shape.scale > 6:
            return raised(digits)
        most = 10 ** (18 - 2 * shape.scale) - 1
        inside = exp.Between(this=column, low=self.integer(-most), high=self.integer(most))
        return exp.Paren(this=self.when((inside, raised(18)), default=raised(digits)))

    def window(self, term: Windowed) -> exp.Expression:
        if self.windowed is None:
            raise ValueError(f"{term.call.function} needs the windowed= of to_sql")
        answer = self.windowed(term.call)
        expression = exp.maybe_parse(answer, dialect=self.dialect)
        written = exp.Paren(this=expression)
        return self.units(written, term.shape) if term.pointed else written

    def whole(self, limit: int) -> str:
        """The type that holds whole numbers up to ``limit``."""
        return "BIGINT" if limit <= LARGEST_64 else _WIDE[self.dialect]

    def typed(self, written: exp.Expression, shape: Shape) -> exp.Expression:
        """A number or NULL as the type of a shape; what has its type already stays as it is."""
        if shape.kind is Kind.NUMBER:
            return self.cast(written, self.whole(shape.limit))
        if not isinstance(written, exp.Null):
            return written
        names = {Kind.TEXT: _TEXT[self.dialect], Kind.BOOL: "BOOLEAN", Kind.DATE: "DATE", Kind.TIMESTAMP: "TIMESTAMPTZ"}
        return self.cast(written, names[shape.kind])

    def alike(self, term: Apply, args: tuple[exp.Expression, ...], shape: Shape | None = None) -> list[exp.Expression]:
        """The arguments in one scale and type: that of the term, or the given shape."""
        shape = shape or term.shape
        return [
            self.typed(self.rescaled(arg, part.shape, shape), shape) for arg, part in zip(args, term.args, strict=True)
        ]

    def rescaled(self, written: exp.Expression, old: Shape, new: Shape) -> exp.Expression:
        """A number in finer units, as a type that holds the result."""
        if old.kind is not Kind.NUMBER:
            return written
        limit = max(new.limit, old.limit * 10 ** (new.scale - old.scale))
        wide = self.cast(written, self.whole(limit))
        return (
            wide if old.scale == new.scale else self.binary(exp.Mul, wide, self.integer(10 ** (new.scale - old.scale)))
        )

    def rounded(self, written: exp.Expression, shape: Shape, places: int, limit: int) -> exp.Expression:
        """A whole number divided by 10^places, rounded half away from zero; at most ``limit``."""
        digits = min(38, max(len(str(shape.limit)), places))
        whole = self.cast(written, f"DECIMAL({digits},0)")
        point = self.binary(exp.Mul, whole, self.decimal(Decimal(1).scaleb(-places), places, places))
        if self.dialect == "postgres":
            return self.cast(self.call("ROUND", point), self.whole(limit))
        return self.cast(self.cast(point, f"DECIMAL({digits},0)"), self.whole(limit))

    def quotient(self, top: exp.Expression, bottom: exp.Expression) -> exp.Expression:
        """Whole division toward zero; NULL where the divisor is zero."""
        divisor = exp.Nullif(this=bottom, expression=exp.Literal.number("0"))
        if self.dialect == "duckdb":
            return self.binary(exp.IntDiv, top, divisor)
        if self.dialect == "postgres":
            return self.call("DIV", self.cast(top, "NUMERIC"), self.cast(divisor, "NUMERIC"))
        return self._spark_quotient(top, divisor)

    def _spark_quotient(self, top: exp.Expression, divisor: exp.Expression) -> exp.Expression:
        """Spark answers DIV of decimals in 64 bits and wraps round; without its remainder a number divides evenly."""
        wide, below = self.cast(top, "DECIMAL(38,0)"), self.cast(divisor, "DECIMAL(38,0)")
        even = self.binary(exp.Sub, wide, self.binary(exp.Mod, wide.copy(), below))
        return self.cast(self.call("TRY_DIVIDE", even, below.copy()), "DECIMAL(38,0)")

    def micros(self, moment: exp.Expression) -> exp.Expression:
        """Microseconds since 1970 of a moment."""
        if self.dialect == "postgres":
            seconds = exp.Extract(this=exp.var("EPOCH"), expression=moment)
            return self.cast(self.binary(exp.Mul, seconds, self.integer(1_000_000)), "BIGINT")
        return self.call("EPOCH_US" if self.dialect == "duckdb" else "UNIX_MICROS", moment)

    def moment(self, micros: exp.Expression) -> exp.Expression:
        """The moment so many microseconds after 1970."""
        if self.dialect != "postgres":
            return self.call("MAKE_TIMESTAMPTZ" if self.dialect == "duckdb" else "TIMESTAMP_MICROS", micros)
        day, rest = self.integer(DAY_MICROS), self.binary(exp.Mod, micros.copy(), self.integer(DAY_MICROS))
        days = self.binary(exp.Mul, self.cast(self.quotient(micros, day), "BIGINT"), self.step("1 DAY"))
        rest = self.binary(exp.Mul, rest, self.step("1 MICROSECOND"))
        naive = self.balanced(exp.Add, [self.cast(self.text("1970-01-01"), "TIMESTAMP"), days, rest])
        return exp.Paren(this=exp.AtTimeZone(this=naive, zone=self.text("UTC")))

    def china(self, moment: exp.Expression) -> exp.Expression:
        """The Beijing clock of a moment, as a timestamp without a zone (on Spark: microseconds)."""
        if self.dialect == "postgres":
            utc = exp.Paren(this=exp.AtTimeZone(this=moment, zone=self.text("UTC")))
            return self.binary(exp.Add, utc, self.step("8 HOURS"))
        shifted = self.binary(exp.Add, self.micros(moment), self.integer(CHINA_MICROS))
        return self.call("MAKE_TIMESTAMP", shifted) if self.dialect == "duckdb" else shifted

    def day_of(self, written: exp.Expression, shape: Shape) -> exp.Expression:
        """The Beijing date of a moment; a date is itself."""
        if shape.kind is not Kind.TIMESTAMP:
            return written
        if self.dialect != "spark":
            return self.cast(self.china(written), "DATE")
        days = self.binary(
            exp.Sub, self.china(written), self.call("PMOD", self.china(written.copy()), self.integer(DAY_MICROS))
        )
        return self.call(
            "DATE_FROM_UNIX_DATE", self.cast(self.binary(exp.IntDiv, days, self.integer(DAY_MICROS)), "INT")
        )

    def step(self, text: str) -> exp.Expression:
        """An interval of PostgreSQL."""
        return self.cast(self.text(text), "INTERVAL")

    def cast(self, written: exp.Expression, name: str) -> exp.Expression:
        numeric = name == "NUMERIC" or (name.startswith("DECIMAL") and self.dialect == "postgres")
        kind = exp.DataType(this=exp.DataType.Type.DECIMAL) if numeric else exp.DataType.build(name, dialect="duckdb")
        return written if isinstance(written, exp.Cast) and written.to == kind else exp.Cast(this=written, to=kind)

    def try_cast(self, written: exp.Expression, name: str) -> exp.Expression:
        """A cast of text already known to be well formed; engines that can, still answer NULL rather than fail."""
        if self.dialect == "postgres":
            return self.cast(written, name)
        return exp.TryCast(this=written, to=exp.DataType.build(name, dialect="duckdb"), safe=True)

    def binary(self, node: type[exp.Binary], left: exp.Expression, right: exp.Expression) -> exp.Expression:
        return exp.Paren(this=node(this=left, expression=right))

    def balanced(self, node: type[exp.Binary], parts: list[exp.Expression]) -> exp.Expression:
        """A chain as a balanced tree: a thousand terms stay shallow for every engine."""
        if len(parts) == 1:
            return parts[0]
        middle = len(parts) // 2
        return self.binary(node, self.balanced(node, parts[:middle]), self.balanced(node, parts[middle:]))

    def call(self, name: str, *args: exp.Expression) -> exp.Expression:
        return exp.Anonymous(this=name, expressions=list(args))

    def when(
        self, *cases: tuple[exp.Expression, exp.Expression], default: exp.Expression | None = None
    ) -> exp.Expression:
        """CASE WHEN … THEN … END."""
        return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in cases], default=default)

    def text(self, value: str) -> exp.Expression:
        return exp.Literal.string(value)

    def collated(self, written: exp.Expression) -> exp.Expression:
        """Text compared by code point."""
        if self.dialect != "postgres":
            return written
        return exp.Paren(this=exp.Collate(this=written, expression=exp.to_identifier("C", quoted=True)))
