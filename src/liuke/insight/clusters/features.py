"""What customers are told apart by, and what they are taken to earn: declarations over tag codes, no code.

RFM (how recently, how often, how much) and AUM, beside channel, service and life cycle. Each is a tag of the catalogue,
so it has an owner, a meaning and a history; a tag that is not there is left out, and the run says so.
"""

from dataclasses import dataclass
from typing import Final

from liuke.insight.clusters.model import ClusterFamily as Side
from liuke.insight.clusters.model import Feature, Fill, Transform

#: 分 in a 元, and basis points in a percent.
_CENTS: Final = 100
_POINTS: Final = 100


def _money(tag: str, label: str, family: Side, high: str, low: str) -> Feature:
    return Feature(tag, label, family, Transform.LOG, Fill.ZERO, high, low, "元", _CENTS)


def _count(tag: str, label: str, family: Side, words: tuple[str, str], unit: str = "次") -> Feature:
    return Feature(tag, label, family, Transform.LOG, Fill.ZERO, words[0], words[1], unit)


#: The first one orders the clusters: number 1 is the wealthiest.
FEATURES: Final[tuple[Feature, ...]] = (
    _money("aum_mavg", "月日均AUM", Side.WEALTH, "高资产", "低资产"),
    _money("deposits", "存款余额", Side.WEALTH, "存款多", "存款少"),
    _money("wealth_value", "理财市值", Side.WEALTH, "重理财", "少理财"),
    _money("fund_value", "基金市值", Side.WEALTH, "重基金", "少基金"),
    Feature(
        "net_outflow_rate_3m", "近3月存款净流出率", Side.WEALTH, Transform.NONE, Fill.ZERO, "资金流出", "资金流入",
        "%", _POINTS,
    ),
    _money("loan_balance", "贷款余额", Side.CREDIT, "有贷款", "无贷款"),
    _money("card_owed", "信用卡欠款", Side.CREDIT, "用信用卡", "少用信用卡"),
    _count("txn_count_30d", "近30天交易笔数", Side.ACTIVITY, ("交易频繁", "交易少"), "笔"),
    _money("consume_30d", "近30天消费金额", Side.ACTIVITY, "高消费", "低消费"),
    Feature(
        "last_txn_on", "距最近交易", Side.ACTIVITY, Transform.LOG, Fill.LARGEST, "久未交易", "近期有交易", "天",
        expression="days_between(last_txn_on, as_of)",
    ),
    _count("login_30d", "近30天登录次数", Side.CHANNEL, ("高活跃", "低活跃")),
    _count("wealth_view_30d", "近30天浏览理财次数", Side.CHANNEL, ("爱看理财", "少看理财")),
    Feature(
        "mobile_pay_share", "移动支付占比", Side.CHANNEL, Transform.NONE, Fill.MEDIAN, "常用移动支付", "少用移动支付",
        "%", _POINTS,
    ),
    _count("calls_90d", "近90天来电次数", Side.CHANNEL, ("来电多", "来电少")),
    Feature(
        "age", "年龄", Side.LIFE, Transform.NONE, Fill.MEDIAN, "年长", "年轻", "岁",
        bands=((30, "年轻"), (45, "中青年"), (53, "中年"), (60, "临近退休"), (200, "退休")),
    ),
    _count("tenure_years", "在行年限", Side.LIFE, ("老客户", "新客户"), "年"),
    _money("salary_mean_6m", "月均代发工资", Side.LIFE, "有代发", "无代发"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earning:
    """What the bank earns a year on a balance: ``rate_bp`` basis points of the tag; ``times`` makes a flow a year's."""

    tag: str
    label: str
    rate_bp: int
    times: int = 1


#: Assumptions, shown beside every profit and open to the bank's own figures: margins after funds transfer pricing,
#: shares of fees. They rank clusters; they are not the bank's books.
EARNINGS: Final[tuple[Earning, ...]] = (
    Earning("deposits", "存款利差", 80),
    Earning("loan_balance", "贷款利差", 120),
    Earning("wealth_value", "理财管理费分成", 20),
    Earning("fund_value", "基金尾随佣金", 40),
    Earning("insurance_value", "保险代理分摊", 30),
    Earning("card_spend_30d", "信用卡回佣（按近30天年化）", 45, times=12),
)

FEATURES_BY_TAG: Final = {feature.tag: feature for feature in FEATURES}
