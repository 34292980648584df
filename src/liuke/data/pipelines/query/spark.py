"""A query in Spark's SQL, and what of it Spark does not know."""

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import SqlglotError, UnsupportedError


def to_spark(tree: exp.Query) -> tuple[str, str]:
    """The query in Spark's dialect and, when there is none, the construct that does not go over."""
    try:
        written = tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE, comments=False, pretty=True)
        parse_one(written, dialect="spark")
    except UnsupportedError as fault:
        return "", str(fault).split("\n", maxsplit=1)[0][:200]
    except SqlglotError as fault:
        return "", str(fault).split("\n", maxsplit=1)[0][:200]
    return written, ""
