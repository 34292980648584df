"""The outer form of every event: which event, who, when. What it tells beside that is the plan's."""

from typing import Any, Final

from liuke.data.behaviour.plan.parse import CONTEXT, validator

#: The longest identifier, and the characters it is made of: visible ASCII without space.
MAX_ID: Final = 64
_ID: Final = {"type": "string", "pattern": f"^[!-~]{{1,{MAX_ID}}}$"}
_MAYBE: Final = {"anyOf": [{"type": "null"}, _ID]}
#: 2000-01-01 to 2100-01-01 in milliseconds: what is outside is no time of an app at all.
TIMES: Final = (946_684_800_000, 4_102_444_800_000)
#: The longest word of the context: a page or a product.
MAX_WORD: Final = 64
_WORD: Final = {"type": ["string", "null"], "maxLength": MAX_WORD}

WHO: Final = ("user_id", "customer_no", "device_id")
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "event_id": _ID,
        "ts": {"type": "integer", "minimum": TIMES[0], "maximum": TIMES[1]},
        "user_id": _MAYBE,
        "customer_no": _MAYBE,
        "device_id": _MAYBE,
        "session_id": _MAYBE,
        "event": {"type": "string", "minLength": 1, "maxLength": 40},
        "page": _WORD,
        "product_no": _WORD,
        "seconds": {"type": ["integer", "null"], "minimum": 0, "maximum": 2**31 - 1},
        "channel": _WORD,
    },
    "required": ["event_id", "ts", "event"],
    "additionalProperties": False,
}
ENVELOPE: Final = validator(SCHEMA)


def context_of(event: dict[str, Any]) -> dict[str, Any]:
    """What the plan's schema is applied to: the context's fields that are there."""
    return {name: event[name] for name in CONTEXT if event.get(name) is not None}
