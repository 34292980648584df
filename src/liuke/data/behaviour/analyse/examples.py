"""Questions Liuke comes with, as a bank asks them; the period is filled in when they are shown."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from liuke.data.behaviour.analyse.model import Analysis, By, Query, Step, TimeGrain

_NEVER: Final = date(1970, 1, 1)
_WEALTH: Final = "page in ('wealth_list', 'wealth_detail')"
_NIGHT: Final = f"{_WEALTH} and (hour >= 22 or hour < 6)"


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its name, what it tells, and how many days back it looks."""

    code: str
    title: str
    note: str
    days: int
    query: Query

    def ending(self, last: date) -> Query:
        """The question about the days up to ``last``; by weeks from a Monday, lest the first week looks poor."""
        facts = {name: getattr(self.query, name) for name in Query.__slots__}
        since = last - timedelta(days=self.days - 1)
        if self.query.grain is TimeGrain.WEEK:
            since -= timedelta(days=since.weekday())
        return Query(**facts | {"since": since, "until": last})


def _asked(kind: Analysis, *steps: Step, **how: object) -> Query:
    return Query(kind, steps, _NEVER, _NEVER, **how)  # type: ignore[arg-type]


EXAMPLES: Final = (
    Example(
        "night_wealth",
        "夜间浏览理财",
        "22 点至次日 6 点浏览理财页面的人数与次数：白天不便办理的客户，适合预约回访与晚间推送。",
        30,
        _asked(Analysis.TREND, Step("view", _NIGHT)),
    ),
    Example(
        "wealth_hours",
        "理财浏览的时段",
        "一周里每个钟点有多少人看理财，决定什么时候联系。",
        90,
        _asked(Analysis.HOURS, Step("view", _WEALTH)),
    ),
    Example(
        "wealth_funnel",
        "理财从列表到提交",
        "7 天内先看列表、再看详情、再提交的客户，一步步还剩多少。",
        90,
        _asked(
            Analysis.FUNNEL,
            Step("view", "page = 'wealth_list'"),
            Step("view", "page = 'wealth_detail'"),
            Step("submit"),
            window_days=7,
        ),
    ),
    Example(
        "login_retention",
        "登录的周留存",
        "首次登录的客户，之后各周还有多少人回来。",
        84,
        _asked(Analysis.RETENTION, Step("login"), grain=TimeGrain.WEEK, returns=8),
    ),
    Example(
        "after_compare",
        "比较利率之后去了哪里",
        "会话里打开利率比较以后的页面去向；流向销户的值得挽留。",
        90,
        _asked(Analysis.PATH, Step("", "page = 'rate_compare'")),
    ),
    Example(
        "views_by_risk",
        "各风险等级产品的浏览",
        "每周浏览不同风险等级产品的人数。",
        84,
        _asked(Analysis.TREND, Step("view", "product_risk is not null"), grain=TimeGrain.WEEK, by=By.PRODUCT_RISK),
    ),
    Example(
        "wealth_depth",
        "理财看了几次",
        "30 天内浏览理财 1 次、2 次……的客户各有多少。",
        30,
        _asked(Analysis.DISTRIBUTION, Step("view", _WEALTH)),
    ),
    Example(
        "login_interval",
        "两次登录隔多久",
        "相邻两次登录之间的时间，间隔变长是流失的先兆。",
        90,
        _asked(Analysis.INTERVAL, Step("login")),
    ),
    Example(
        "sessions",
        "会话的长短",
        "每周多少次会话、多长、看几页、多少只看一页就走。",
        84,
        _asked(Analysis.SESSION, grain=TimeGrain.WEEK),
    ),
)
