"""What one customer did lately, for the 360 page: counts by window and event, and the last events one by one."""

from typing import Any, Final

import numpy as np

from liuke.data.behaviour.model import CHINA_MS, DAY_MS
from liuke.data.behaviour.windows.state import Windows, moment

_MINUTE: Final = 60_000
#: The windows shown, in milliseconds.
SPANS: Final = {
    "5m": 5 * _MINUTE,
    "1h": 60 * _MINUTE,
    "24h": DAY_MS,
    "7d": 7 * DAY_MS,
    "30d": 30 * DAY_MS,
    "90d": 90 * DAY_MS,
}
#: Events shown one by one, and days looked back for them.
LATEST: Final = 50


def summary(windows: Windows, one_id: int, *, at: int) -> dict[str, Any]:
    """Counts by event for each window, sessions, hours of the last 90 days, and the latest events, newest first."""
    with windows.lock:
        found = windows.happened(one_id, after=at - SPANS["90d"], until=at)
        names = [windows.row(code)["event"] for code in range(len(windows.contexts))]
    codes = {name: number for number, name in enumerate(dict.fromkeys(names))}
    kind = np.array([codes[name] for name in names], np.int64)[found.context]
    spans = []
    for span, length in SPANS.items():
        inside = found.time > at - length
        counts = np.bincount(kind[inside], minlength=len(codes))
        sessions = found.session[inside]
        spans.append(
            {
                "window": span,
                "events": int(inside.sum()),
                "sessions": len(np.unique(sessions[sessions != 0])),
                "seconds": int(np.maximum(found.seconds[inside], 0).sum(dtype=np.int64)),
                "by_event": {name: int(counts[number]) for name, number in codes.items() if counts[number]},
            }
        )
    hours = np.bincount(((found.time + CHINA_MS) // 3_600_000) % 24, minlength=24)
    return {"at": moment(at), "spans": spans, "hours": hours.tolist(), "latest": _latest(windows, found)}


def _latest(windows: Windows, found: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    shown = []
    for at in range(len(found.time) - 1, max(len(found.time) - 1 - LATEST, -1), -1):
        row = windows.row(int(found.context[at]))
        seconds = int(found.seconds[at])
        shown.append(
            {name: row[name] for name in ("event", "page", "product_no", "product", "product_risk", "channel")}
            | {"at": moment(int(found.time[at])), "seconds": seconds if seconds >= 0 else None}
        )
    return shown
