"""A segment is told from the bank by shares that can be checked by hand."""

import math

import numpy as np
import pytest
from tests.insight.segments import town as make

from liuke.insight import segments
from liuke.insight.segments import Draft
from liuke.insight.segments.look import service as look
from liuke.kernel.bank import Bank


def test_the_strongest_trait_comes_first_with_exact_shares_and_lift(town: Bank) -> None:
    made = segments.create(town, make.analyst(), Draft("睡", "dormant and aum > 1", "service"))
    found = {one.field: one for one in look.profile(town, make.analyst(), made.id, limit=50)}
    assert "dormant" not in found
    assert "aum" not in found
    members = np.arange(make.SIZE) % 7 == 0
    members[0] = False
    logins = make.VALUES["login_30d"]
    told = found["login_30d"]
    bound = int(told.value.removesuffix("次"))
    having = logins >= bound if told.sign == ">=" else logins <= bound
    assert told.share == pytest.approx(having[members].mean())
    assert told.bank_share == pytest.approx(having[1:].mean())
    assert told.lift == pytest.approx(told.share / told.bank_share)
    p, q = told.share, told.bank_share
    assert told.tells == pytest.approx(p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q)))
    order = [one.tells for one in look.profile(town, make.analyst(), made.id, limit=50)]
    assert order == sorted(order, reverse=True)


def test_a_trait_everybody_in_the_segment_has_leads(town: Bank) -> None:
    made = segments.create(town, make.analyst(), Draft("未登录", "login_30d >= 0 and (no_login_30d)", "service"))
    outer = segments.create(town, make.analyst(), Draft("外层", "segment.未登录", "service"))
    first = look.profile(town, make.analyst(), outer.id, limit=1)[0]
    assert (first.label, first.value, first.share, first.bank_share) == ("30天未登录", "是", 1.0, pytest.approx(1 / 3))
    assert made.id != outer.id


def test_overlap_is_counted_within_scope(town: Bank) -> None:
    third = segments.create(town, make.analyst(), Draft("三", "no_login_30d", "service"))
    seventh = segments.create(town, make.analyst(), Draft("七", "dormant", "service"))
    ((other, shared),) = look.overlaps(town, make.analyst(), third.id)
    both = len([n for n in range(1, 301) if n % 21 == 0])
    assert (other.id, shared.customers) == (seventh.id, both)
    assert (shared.share, shared.other_share) == (both / 100, both / 42)
    assert shared.jaccard == both / (100 + 42 - both)
    ((_, mine),) = look.overlaps(town, make.manager(), third.id)
    assert mine.customers == len([n for n in range(1, 301) if n % 42 == 21])
