"""Days and moments of a rule: Beijing time at a fixed +08:00, years that every engine can hold."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

#: China Standard Time. The summer time of 1986–1991 is not applied, so that every engine answers alike.
CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_DAY: Final = date(1, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
#: Moments a timestamp may be; one year inside the calendar, so that a shift of time zone never leaves it.
FIRST_MOMENT: Final = datetime(1000, 1, 1, tzinfo=CHINA)
LAST_MOMENT: Final = datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=CHINA)
