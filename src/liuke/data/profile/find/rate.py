"""How often one user may search: nobody reads the whole bank through the search box."""

import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import Final

#: Searches of one user within a minute, in one server process.
PER_MINUTE: Final = 60

_WINDOW: Final = timedelta(minutes=1)


class Rate:
    """Counts what each user did within the last minute."""

    def __init__(self, limit: int = PER_MINUTE) -> None:
        self._limit = limit
        self._seen: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._lock = threading.Lock()

    def allows(self, user_id: str, *, now: datetime) -> bool:
        """Count one more; false when it is too much."""
        with self._lock:
            seen = self._seen[user_id]
            while seen and seen[0] <= now - _WINDOW:
                seen.popleft()
            if len(seen) >= self._limit:
                return False
            seen.append(now)
            return True
