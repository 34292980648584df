"""The desk: a definition is read, checked, tried, saved, put into force and retired."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.tags.conftest import LI, ZHANG

from liuke.data import tags
from liuke.data.tags.desk import service
from liuke.data.tags.desk.spread import spread_of
from liuke.data.tags.model import (
    CircularTag,
    CodeTaken,
    Family,
    Kind,
    Measure,
    NothingToDo,
    State,
    TagInUse,
    TagInvalid,
    UnknownTag,
    VersionMoved,
)
from liuke.data.tags.refresh import refresh
from liuke.kernel.actor import NOTHING, Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.lineage import Edge, Node, NodeKind
from liuke.kernel.rule import RuleInvalid
from liuke.kernel.store.columns import PiClass


def a_draft(**facts: object) -> tags.Tag:
    """A tag of the bank's own: money moved out by transfer in thirty days."""
    draft = tags.Tag(
        code="moved_out",
        name="转出金额",
        family=Family.TRANSACTION,
        kind=Kind.MONEY,
        unit="元",
        owner="零售业务部",
        meaning="全部转账转出的金额。",
        pi=PiClass.C2,
        measure=Measure("transaction", tags.Aggregate.SUM, "direction = 'out' and category = 'transfer'", "amount"),
        shipped=False,
        state=State.DRAFT,
    )
    return replace(draft, **facts)  # type: ignore[arg-type]


def test_a_draft_reads_as_one_chinese_sentence(bank: Bank, machine: Actor) -> None:
    said = service.check(bank, machine, a_draft())
    assert said == "“交易”中方向为流出，且类别为转账的记录的金额合计。"


def test_a_tried_draft_is_computed_from_the_sources_and_changes_nothing(town: Bank, machine: Actor) -> None:
    found = service.attempted(town, machine, a_draft(), seed=1)
    assert (found.every, found.spread.customers, found.spread.filled, found.spread.high) == (1, 2, 1, 30_000_000)
    assert (list(found.one_ids), list(found.values)) == ([ZHANG], [30_000_000])
    assert "moved_out" not in tags.book(town).entries


def test_a_saved_draft_counts_only_once_it_is_put_into_force(town: Bank, machine: Actor) -> None:
    saved = service.save(town, machine, a_draft(), note="试", base=None)
    assert (saved.version, saved.state) == (1, State.DRAFT)
    assert "moved_out" not in tags.book(town).entries
    service.put_live(town, machine, "moved_out", base=1)
    refresh(town, machine)
    column = tags.open(town).column("moved_out")
    assert (column.at(ZHANG), column.at(LI)) == (30_000_000, 0)
    service.retire(town, machine, "moved_out", base=2, providers=())
    assert "moved_out" not in tags.book(town).entries
    shown = service.show(town, machine, "moved_out", ())
    assert [one.tag.state for one in shown.versions] == [State.RETIRED, State.LIVE, State.DRAFT]


def test_a_shipped_tag_may_be_changed_and_starts_from_its_own_version(bank: Bank, machine: Actor) -> None:
    present = tags.book(bank).entries["login_30d"].tag
    changed = replace(present, meaning="近30天登录手机银行的次数（含网银）。")
    assert service.save(bank, machine, changed, note="", base=present.version).version == present.version + 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"measure": Measure("transactoin", tags.Aggregate.COUNT)}, "是否想写“transaction”"),
        ({"measure": Measure("transaction", tags.Aggregate.SUM, "", "amuont")}, "是否想写“amount”"),
        ({"measure": None, "expression": "aum_mavgg * 2"}, "是否想写“aum_mavg”"),
        ({"measure": Measure("transaction", tags.Aggregate.SUM, "directoin = 'out'", "amount")}, "是否想写“direction”"),
    ],
)
def test_an_unknown_name_is_refused_and_the_nearest_proposed(
    bank: Bank, machine: Actor, facts: dict[str, object], said: str
) -> None:
    with pytest.raises((TagInvalid, RuleInvalid), match=said):
        service.check(bank, machine, a_draft(**facts))


def test_a_tag_that_divides_by_zero_has_no_value_there(town: Bank, machine: Actor) -> None:
    rate = a_draft(code="per_login", kind=Kind.RATE, unit="%", measure=None, expression="login_30d / login_30d * 100")
    found = service.attempted(town, machine, rate, seed=1)
    assert (found.spread.customers, found.spread.missing, found.spread.high) == (2, 1, 10_000)


def test_tags_that_need_each_other_are_refused_with_the_way_round(bank: Bank, machine: Actor) -> None:
    login = tags.book(bank).entries["login_30d"].tag
    service.save(
        bank,
        machine,
        a_draft(code="twice", kind=Kind.COUNT, measure=None, expression="login_30d * 2"),
        note="",
        base=None,
    )
    service.put_live(bank, machine, "twice", base=1)
    with pytest.raises(CircularTag, match="→"):
        service.check(bank, machine, replace(login, measure=None, expression="twice + 1"))


def test_two_people_do_not_overwrite_each_other(bank: Bank, machine: Actor) -> None:
    service.save(bank, machine, a_draft(), note="", base=None)
    with pytest.raises(CodeTaken):
        service.save(bank, machine, a_draft(), note="", base=None)
    with pytest.raises(VersionMoved):
        service.save(bank, machine, a_draft(), note="", base=7)
    service.put_live(bank, machine, "moved_out", base=1)
    with pytest.raises(NothingToDo):
        service.put_live(bank, machine, "moved_out", base=2)


def test_a_tag_in_use_is_not_retired_and_says_who_uses_it(bank: Bank, machine: Actor) -> None:
    used = Node(NodeKind.SEGMENT, "s1", "临界提升")

    def segments(_bank: Bank) -> list[Edge]:
        return [Edge(Node(NodeKind.TAG, "aum_mavg", "月日均AUM"), used, "")]

    with pytest.raises(TagInUse, match="临界提升"):
        service.retire(bank, machine, "aum_mavg", base=1, providers=(segments,))
    assert service.show(bank, machine, "aum_mavg", (segments,)).users == [used]


def test_an_unknown_tag_is_not_found_and_nobody_without_the_right_edits(bank: Bank, machine: Actor) -> None:
    with pytest.raises(UnknownTag, match="aum_mavg"):
        service.show(bank, machine, "aum_mvag", ())
    stranger = replace(machine, permissions=frozenset(), scope=NOTHING)
    for ask in (service.check, lambda *given: service.attempted(*given, seed=1)):
        with pytest.raises(Forbidden):
            ask(bank, stranger, a_draft())
    with pytest.raises(Forbidden):
        service.catalogue(bank, stranger, ())


def test_the_catalogue_tells_how_many_have_each_tag(town: Bank, machine: Actor) -> None:
    assert service.catalogue(town, machine, ()).as_of is None
    refresh(town, machine)
    found = service.catalogue(town, machine, (tags.lineage,))
    rows = {one.tag.code: one for one in found.tags}
    assert (found.customers, rows["deposits"].plate.filled) == (2, 1)  # type: ignore[union-attr]
    assert rows["deposits"].users >= 1
    shown = service.show(town, machine, "deposits", ())
    assert shown.spread is not None
    assert sum(one.customers for one in shown.spread.bins) + shown.spread.missing == 2


_KINDS = st.sampled_from([Kind.MONEY, Kind.COUNT, Kind.DAYS, Kind.RATE, Kind.DATE])


@given(kind=_KINDS, values=st.lists(st.integers(0, 40_000), max_size=60), without=st.integers(0, 9))
def test_every_customer_stands_in_exactly_one_bin(kind: Kind, values: list[int], without: int) -> None:
    found = spread_of(np.array(values, np.int64), kind, (), customers=len(values) + without)
    assert sum(one.customers for one in found.bins) == len(values)
    assert found.missing == without
    for one in found.bins:
        inside = [v for v in values if (one.low is None or v >= one.low) and (one.high is None or v < one.high)]
        assert len(inside) == one.customers
