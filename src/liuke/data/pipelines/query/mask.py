"""Values as they are shown to somebody who works with data, not with a customer: masked by their class."""

from typing import Final

#: Leading signs of a personal value that stay: enough to see whether it is sensible.
_SHOWN: Final = 1
_PERSONAL: Final = frozenset({"c2", "c3"})


def masked(value: str | None, pi: str) -> str | None:
    """A value's text: what identifies a person or shows their finances keeps its first sign and its length."""
    if value is None or pi not in _PERSONAL:
        return value
    if pi == "c3":
        return "***"
    return value[:_SHOWN] + "".join("*" if sign.isalnum() else sign for sign in value[_SHOWN:])
