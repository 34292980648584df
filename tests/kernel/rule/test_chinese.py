"""Rules as a bank would say them."""

import pytest
from tests.kernel.rule.bank import CATALOGUE

from liuke.kernel import rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "count_events('view', '7d', product = '大额存单') > 3 and aum >= 500000",
            "近7天内浏览大额存单超过3次，且月日均资产不低于50万元",
        ),
        ("count_events('view', '30d') = 0", "近30天内没有浏览"),
        ("count_events('view', '24h') > 0", "近1天内有浏览"),
        ("count_events('view', '30m', seconds > 10) >= 2", "近30分钟内浏览（停留秒数超过10秒）不低于2次"),
        ("sum_events('pay', '30d', amount, direction = 'in') > 120000000", "近30天内转账in的金额合计超过1.2亿元"),
        ("distinct_events('view', '7d', product) > 2", "近7天内浏览的不同产品数超过2个"),
        ("last_event('view') < '2024-01-01'", "最近一次浏览的时间早于2024年1月1日"),
        ("aum < 1234.5", "月日均资产低于1,234.5元"),
        ("aum between 500000 and 6000000", "月日均资产在50万元到600万元之间"),
        ("500000 <= aum", "月日均资产不低于50万元"),
        ("gender = 'F'", "性别为女"),
        ("gender in ('F', 'M')", "性别为女、男之一"),
        ("not gender = 'F'", "性别不为女"),
        ("vip", "是高净值客户"),
        ("not vip", "不是高净值客户"),
        ("vip = false", "不是高净值客户"),
        ("vip and (active or logins = 0)", "是高净值客户，且（是活跃客户，或登录次数为0次）"),
        ("birth >= '1990-01-01'", "出生日期不早于1990年1月1日"),
        ("due is not null", "到期日不为空"),
        ("name like '张%'", "姓名以“张”开头"),
        ("name like '%理财%'", "姓名包含“理财”"),
        ("aum / aum_prev < 0.8", "月日均资产除以上月日均资产低于0.8"),
        ("due - birth > 30", "出生日期到到期日的天数超过30天"),
    ],
)
def test_a_rule_reads_as_a_sentence(text: str, said: str) -> None:
    assert rule.to_chinese(rule.check(rule.parse(text), CATALOGUE)) == said


def test_a_yes_or_no_reads_by_what_it_is_called() -> None:
    fields = {
        "quiet": rule.Field(rule.Type.BOOL, "30天未登录"),
        "frozen": rule.Field(rule.Type.BOOL, "有冻结账户"),
        "inside": rule.Field(rule.Type.BOOL, "“富裕客户”客群成员"),
    }
    catalogue = rule.Catalogue(fields, {})
    said = {
        "quiet": "符合“30天未登录”",
        "not quiet": "不符合“30天未登录”",
        "frozen": "有冻结账户",
        "not frozen": "没有冻结账户",
        "inside": "是“富裕客户”客群成员",
    }
    assert {text: rule.to_chinese(rule.check(rule.parse(text), catalogue)) for text in said} == said
