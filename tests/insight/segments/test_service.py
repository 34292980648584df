"""Segments are made, counted, changed and put away; what must not be is refused with its reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from tests.insight.segments import town as make

from liuke.data import identity, tags
from liuke.insight import segments
from liuke.insight.segments import Draft, SegmentState, desk, service, store
from liuke.insight.segments.count import bits
from liuke.insight.segments.live import follow
from liuke.insight.segments.members import renew
from liuke.insight.segments.members.renew import MACHINE
from liuke.insight.segments.model import (
    Cause,
    CircularSegment,
    OutsidePurpose,
    PurposeNeeded,
    SegmentArchived,
    SegmentInUse,
    SegmentMoved,
    SegmentNameBad,
    SegmentNameTaken,
    SegmentTextTooLong,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.rule import RuleInvalid
from liuke.kernel.store.log import event_table

FIVE = (
    "aum >= 1000000 and age between 30 and 60 and risk_tolerance in ('C3', 'C4')"
    " and not no_login_30d and next_due_on <= as_of + 30"
)


def a_draft(rule_text: str = "aum > 5000000", name: str = "大客户", **facts: Any) -> Draft:
    return Draft(name=name, rule_text=rule_text, **({"purpose": "service"} | facts))


def members(bank: Bank, segment_id: int) -> list[int]:
    with bank.read(MACHINE) as tx:
        return [int(n) for n in bits.numbers(desk.standing(bank, tx).members(segment_id))]


def by_hand() -> list[int]:
    values = make.VALUES
    fits = (values["aum"] >= 100_000_000) & (values["age"] >= 30) & (values["age"] <= 60) & ~make.MISSING["age"]
    fits &= np.isin(values["risk_tolerance"], (2, 3)) & ~values["no_login_30d"]
    fits &= np.arange(make.SIZE) % 40 <= 30
    return [int(n) for n in np.flatnonzero(fits) if n]


def test_an_analyst_builds_a_segment_of_five_conditions_with_a_live_count_and_saves_it(town: Bank) -> None:
    counted = segments.count(town, make.analyst(), FIVE, purpose="service")
    expected = by_hand()
    assert (counted.customers, counted.base) == (len(expected), 300)
    assert [path for path, _ in counted.parts] == [(0,), (1,), (2,), (3, 0), (4,)]
    made = segments.create(town, make.analyst(), a_draft(FIVE))
    assert members(town, made.id) == expected
    listed = service.read(town, make.analyst(), made.id)
    assert (listed.size.customers, listed.size.as_of) == (len(expected), make.DAY)
    assert "月" not in listed.segment.rule_text
    assert listed.segment.sentence.startswith("AUM不低于100万元，且年龄在30岁到60岁之间")


def test_a_count_is_within_the_scope_of_who_asks(town: Bank) -> None:
    whole = segments.count(town, make.analyst(), FIVE, purpose="service").customers
    mine = [n for n in by_hand() if n % 2]
    for actor in (make.manager(), make.head()):
        counted = segments.count(town, actor, FIVE, purpose="service")
        assert (counted.customers, counted.base) == (len(mine), 150)
    assert 0 < len(mine) < whole


def test_reachable_counts_follow_consent(town: Bank, machine: Actor) -> None:
    make.agree(town, machine, [n for n in range(1, 301) if n % 4 == 0])
    first = segments.count(town, make.analyst(), "aum >= 0", purpose="marketing")
    assert (first.customers, first.reachable) == (300, 75)
    assert segments.count(town, make.analyst(), "aum >= 0", purpose="service").reachable == 300
    follow.reachable(town)
    segments.create(town, make.analyst(), a_draft("aum >= 0", purpose="marketing"))
    make.agree(town, machine, [1, 2])
    assert follow.reachable(town) == 2
    assert segments.count(town, make.analyst(), "aum >= 0", purpose="marketing").reachable == 77


def test_an_unknown_name_is_refused_at_its_place_with_the_nearest_proposed(town: Bank) -> None:
    with pytest.raises(RuleInvalid, match="是否想写“risk_tolerance”") as refused:
        segments.count(town, make.analyst(), "aum > 1 and risk_tolerence = 'C1'", purpose="service")
    assert refused.value.position == 13


def test_a_field_that_may_not_serve_the_purpose_is_refused(town: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    from liuke.insight.segments.count import tagged

    known = tagged.current(town)
    outside = replace(known, columns={**known.columns, "age": frozenset({"behaviour.device_id"})})
    monkeypatch.setattr(tagged, "current", lambda _bank, _as_of=None: outside)
    with pytest.raises(OutsidePurpose, match="年龄”不能用于“营销"):
        segments.count(town, make.analyst(), "age > 30", purpose="marketing")
    inner = segments.create(town, make.analyst(), a_draft("age > 30", purpose="antifraud", name="内层"))
    with pytest.raises(OutsidePurpose, match="年龄"):
        segments.create(town, make.analyst(), a_draft(f"{inner.field} and aum > 0", purpose="marketing"))


def test_every_tag_of_the_shipped_catalogue_knows_its_columns(town: Bank) -> None:
    from liuke.insight.segments.count import tagged

    columns = tagged.current(town).columns
    assert columns["age"] == {"party.birth_date"} or "party.birth_date" in columns["age"]
    assert all(columns[code] for code in make.VALUES)


def test_a_segment_that_refers_to_itself_is_refused_with_the_path(town: Bank) -> None:
    analyst = make.analyst()
    first = segments.create(town, analyst, a_draft(name="甲"))
    second = segments.create(town, analyst, a_draft("segment.甲 and age > 20", name="乙"))
    third = segments.create(town, analyst, a_draft("segment.乙 or dormant", name="丙"))
    with pytest.raises(CircularSegment, match="甲 → 丙 → 乙 → 甲"):
        service.save(town, analyst, first.id, a_draft("segment.丙 and aum > 1", name="甲"), version=1)
    with pytest.raises(CircularSegment, match="丁 → 丁"):
        segments.create(town, analyst, a_draft("segment.丁", name="丁"))
    assert members(town, third.id) == sorted(set(members(town, second.id)) | set(range(7, 301, 7)))


def test_saving_a_segment_computes_those_that_name_it(town: Bank) -> None:
    analyst = make.analyst()
    inner = segments.create(town, analyst, a_draft("aum > 5900000", name="甲"))
    outer = segments.create(town, analyst, a_draft("segment.甲 and age is not null", name="乙"))
    assert members(town, outer.id) == [n for n in range(296, 301) if n % 10]
    service.save(town, analyst, inner.id, a_draft("aum > 5960000", name="甲"), version=1)
    assert members(town, outer.id) == [299]


def test_two_who_save_at_once_do_not_overwrite_each_other(town: Bank) -> None:
    made = segments.create(town, make.analyst(), a_draft())
    service.save(town, make.analyst(), made.id, a_draft("aum > 1"), version=1)
    with pytest.raises(SegmentMoved, match="第 2 版"):
        service.save(town, make.analyst(), made.id, a_draft("aum > 2"), version=1)
    kept = service.versions(town, make.analyst(), made.id)
    assert [(one.version, one.rule_text) for one in kept] == [(2, "aum > 1"), (1, "aum > 5000000")]


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        (a_draft(name=" "), SegmentNameBad),
        (a_draft(name="——"), SegmentNameBad),
        (a_draft(name="长" * 41), SegmentNameBad),
        (a_draft(meaning="长" * 501), SegmentTextTooLong),
        (a_draft(purpose="gossip"), PurposeNeeded),
        (a_draft("aum + 1"), RuleInvalid),
        (a_draft("aum > 1; drop table segment"), RuleInvalid),
        (a_draft(" or ".join(f"aum > {n}" for n in range(1001))), RuleInvalid),
    ],
)
def test_a_bad_draft_is_refused_and_leaves_nothing(town: Bank, draft: Draft, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        segments.create(town, make.analyst(), draft)
    assert service.find(town, make.analyst(), text="", state=None, cursor=None, limit=10).items == []


def test_a_name_is_taken_once(town: Bank) -> None:
    segments.create(town, make.analyst(), a_draft(name="甲 乙"))
    for name in ("甲 乙", "甲_乙"):
        with pytest.raises(SegmentNameTaken):
            segments.create(town, make.analyst(), a_draft(name=name))


def test_who_only_reads_makes_nothing(town: Bank) -> None:
    with pytest.raises(Forbidden):
        segments.create(town, make.manager(), a_draft())


def test_a_rule_of_five_hundred_terms_is_saved(town: Bank) -> None:
    text_ = " or ".join(f"(age = {n % 90} and aum > {n})" for n in range(250))
    made = segments.create(town, make.analyst(), a_draft(text_))
    assert len(members(town, made.id)) == 270


def test_a_segment_in_use_is_not_put_away_and_one_put_away_is_not_changed(town: Bank) -> None:
    analyst = make.analyst()
    inner = segments.create(town, analyst, a_draft(name="甲"))
    outer = segments.create(town, analyst, a_draft("segment.甲", name="乙"))
    with pytest.raises(SegmentInUse, match="乙"):
        service.set_state(town, analyst, inner.id, SegmentState.ARCHIVED)
    service.set_state(town, analyst, outer.id, SegmentState.ARCHIVED)
    with pytest.raises(SegmentArchived):
        service.save(town, analyst, outer.id, a_draft(name="乙"), version=1)
    service.set_state(town, analyst, outer.id, SegmentState.ACTIVE)
    assert service.save(town, analyst, outer.id, a_draft(name="乙"), version=1).version == 2


def test_one_segment_that_fails_does_not_stop_the_others_and_says_why(town: Bank, machine: Actor) -> None:
    good = segments.create(town, make.analyst(), a_draft(name="好"))
    bad = segments.create(town, make.analyst(), a_draft(name="坏"))
    with town.write(machine) as tx:
        tx.execute(text("UPDATE segment SET rule_text = 'gone > 1' WHERE id = :id"), {"id": bad.id})
    done = segments.refresh(town, machine, cause=Cause.MANUAL)
    assert set(done.found) == {good.id}
    listed = {one.segment.id: one.size for one in _all(town)}
    assert listed[bad.id].fault.startswith("规则第 1 个字处：没有名为“gone”的字段")
    assert (listed[bad.id].customers, listed[good.id].fault) == (50, "")


def _all(bank: Bank) -> list[service.Listed]:
    return list(service.find(bank, make.analyst(), text="", state=None, cursor=None, limit=50).items)


def test_size_change_trend_and_history_follow_the_days(town: Bank, machine: Actor) -> None:
    made = segments.create(town, make.analyst(), a_draft("aum > 5900000"))
    fewer = make.VALUES["aum"].copy()
    fewer[297:299], fewer[1] = 0, 600_000_000
    make.tag(town, day=make.DAY + timedelta(days=1), values={"aum": fewer})
    segments.refresh(town, machine, cause=Cause.TAGS)
    listed = service.read(town, make.analyst(), made.id)
    assert (listed.size.customers, listed.size.change) == (4, -1)
    assert [customers for _, customers in listed.trend] == [5, 4]
    newest = service.history(town, make.analyst(), made.id)[0]
    assert (newest.joined, newest.gone, newest.cause) == (1, 2, Cause.TAGS)
    with town.read(MACHINE) as tx:
        since = {n: [place.since for place in service.of_customer(tx, town, n)] for n in (1, 297, 299)}  # type: ignore[arg-type]
    assert since == {1: [make.DAY + timedelta(days=1)], 297: [], 299: [make.DAY]}


def test_members_are_listed_within_scope_largest_first_and_the_look_is_written_down(town: Bank) -> None:
    made = segments.create(town, make.analyst(), a_draft("aum > 5900000"))
    page = service.members(town, make.manager(), made.id, cursor=None, limit=1)
    assert [row["aum"] for row in page.items] == [299 * 2_000_000]
    rest = service.members(town, make.manager(), made.id, cursor=page.next_cursor, limit=10)
    assert ([row["aum"] for row in rest.items], rest.next_cursor) == ([297 * 2_000_000], None)
    with town.read(MACHINE) as tx:
        seen = tx.rows(select(event_table.c.payload).where(event_table.c.kind == "customers.listed"))
    assert [row["payload"]["one_ids"] for row in seen] == [[299], [297]]


def test_a_large_segment_is_walked_and_gives_the_same_pages(town: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    made = segments.create(town, make.analyst(), a_draft("age % 2 = 0"))
    few = _pages(town, made.id)
    monkeypatch.setattr(service, "FEW", 0)
    assert _pages(town, made.id) == few
    assert len(few) == len(members(town, made.id))


def _pages(bank: Bank, segment_id: int) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = service.members(bank, make.analyst(), segment_id, cursor=cursor, limit=37)
        found += [row["aum"] // 2_000_000 for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_a_merge_while_a_segment_runs_leaves_the_given_up_number_out(
    town: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = segments.create(town, make.analyst(), a_draft("aum > 5900000"))
    evaluate = renew.evaluate

    def slow(*args: Any) -> Any:
        done = evaluate(*args)
        with town.write(machine) as tx:
            tx.emit(identity.CustomersMerged(subject=1, freed=[298], journal_id="j"))  # type: ignore[arg-type]
        return done

    monkeypatch.setattr(renew, "evaluate", slow)
    segments.refresh(town, machine, cause=Cause.MANUAL)
    assert members(town, made.id) == [296, 297, 299, 300]


def test_a_merge_between_refreshes_takes_the_given_up_number_out_and_a_split_gives_it_back(
    town: Bank, machine: Actor
) -> None:
    made = segments.create(town, make.analyst(), a_draft("aum > 5900000"))
    with town.write(machine) as tx:
        tx.emit(identity.CustomersMerged(subject=1, freed=[298], journal_id="j"))  # type: ignore[arg-type]
    assert (follow.merges(town), follow.merges(town)) == (1, 0)
    assert members(town, made.id) == [296, 297, 299, 300]
    assert service.read(town, make.analyst(), made.id).size.customers == 4
    with town.write(machine) as tx:
        tx.emit(identity.CustomersSplit(subject=1, others=[298], journal_id="k"))  # type: ignore[arg-type]
    make.tag(town, day=make.DAY + timedelta(days=3))
    segments.refresh(town, machine, cause=Cause.TAGS)
    assert members(town, made.id) == [296, 297, 298, 299, 300]


def test_without_tags_it_is_said_that_there_are_none(bank: Bank) -> None:
    with pytest.raises(tags.NoSnapshot):
        segments.count(bank, make.analyst(), "aum > 1", purpose="service")


def test_lineage_leads_from_tags_and_segments_to_segments(town: Bank) -> None:
    segments.create(town, make.analyst(), a_draft("aum > 1", name="甲"))
    segments.create(town, make.analyst(), a_draft("segment.甲 and age > 2", name="乙"))
    edges = {(edge.origin.label, edge.target.label) for edge in segments.lineage(town)}
    assert edges == {("AUM", "甲"), ("甲", "乙"), ("年龄", "乙")}


def test_templates_are_valid_over_the_shipped_tags_and_become_segments_once(town: Bank) -> None:
    from liuke.insight.segments import rules
    from liuke.insight.segments.count import happen
    from liuke.insight.segments.templates.read import shipped

    words = rules.vocabulary(
        make.book().catalogue().fields, [], events=happen.EVENTS, windows=happen.ALL_WINDOWS, columns={}
    )
    for template in shipped():
        words.check(template.rule_text)
    names = {template.name for template in shipped()}
    assert {"高净值客户", "富裕客户", "大众客户", "潜力客户", "年轻客户", "退休客户", "新晋理财客户"} <= names


def test_the_tiers_of_the_templates_hold_everybody_once() -> None:
    from liuke.insight.segments.templates.read import shipped

    by_key = {template.key: template.rule_text for template in shipped()}
    catalogue = make.book().catalogue()
    from liuke.kernel import rule

    judges = [rule.to_python(rule.check(rule.parse(by_key[key]), catalogue)) for key in ("hnw", "affluent", "mass")]
    for aum in (0, 1, 99_999_999, 100_000_000, 100_000_001, 500_000_000, 500_000_001, 10**12):
        assert sum(judge({"aum": aum}) for judge in judges) == 1


def test_unused_moves_do_not_pile_into_a_refresh(town: Bank, machine: Actor) -> None:
    made = segments.create(town, make.analyst(), a_draft("aum > 5900000"))
    with town.write(machine) as tx:
        store.add_moves(tx, {made.id: [(1, True), (300, False), (1, False), (2, True)]}, Cause.EVENT)
    assert members(town, made.id) == [2, 296, 297, 298, 299]
    with town.write(machine) as tx:
        store.add_moves(tx, {made.id: [(2, False)]}, Cause.EVENT)
    assert members(town, made.id) == [296, 297, 298, 299]
    make.tag(town, day=make.DAY + timedelta(days=2))
    segments.refresh(town, machine, cause=Cause.TAGS)
    assert members(town, made.id) == [296, 297, 298, 299, 300]
