"""Families, names and phones of the people."""

import numpy as np
import pytest

from twinbank import names, people

TODAY = np.datetime64("2026-10-31")


@pytest.fixture(scope="module")
def crowd() -> people.People:
    return people.build(20_000, seed=5, today=TODAY)


def pairs(crowd: people.People, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    rows = np.full((5, int(crowd.household[-1]) + 1), -1)
    rows[crowd.role, crowd.household] = np.arange(len(crowd))
    both = (rows[first] >= 0) & (rows[second] >= 0)
    return rows[first, both], rows[second, both]


def test_children_are_younger_than_both_parents_and_share_a_surname(crowd: people.People):
    for parent in (people.HEAD, people.SPOUSE):
        older, younger = pairs(crowd, parent, people.CHILD)
        assert (crowd.birth[older] < crowd.birth[younger]).mean() > 0.999
    head, child = pairs(crowd, people.HEAD, people.CHILD)
    spouse_head, spouse_child = pairs(crowd, people.SPOUSE, people.CHILD)
    same = {int(c) for h, c in zip(head, child, strict=True) if crowd.surname[h] == crowd.surname[c]}
    same |= {int(c) for s, c in zip(spouse_head, spouse_child, strict=True) if crowd.surname[s] == crowd.surname[c]}
    assert len(same) / len(child) > 0.85


def test_couples_are_a_man_and_a_woman_of_the_same_home(crowd: people.People):
    head, spouse = pairs(crowd, people.HEAD, people.SPOUSE)
    assert (crowd.woman[head] != crowd.woman[spouse]).all()
    assert (crowd.homes.division[head] == crowd.homes.division[spouse]).all()


def test_some_former_phones_belong_to_somebody_else_now(crowd: people.People):
    former = crowd.old_phone[crowd.old_phone > 0]
    passed_on = np.isin(former, crowd.phone).mean()
    assert 0.1 < passed_on < 0.25


def test_common_surnames_are_common_and_there_are_homonyms(crowd: people.People):
    assert 0.05 < (crowd.surname == "王").mean() < 0.1
    whole = crowd.names()
    assert len(np.unique(whole)) < 0.93 * len(whole)


def test_names_are_spelt_in_pinyin():
    assert names.pinyin("张伟明") == "ZHANG WEIMING"
    assert names.pinyin("欧阳娜") == "OUYANG NA"
    assert names.pinyin("曾强") == "ZENG QIANG"


def test_a_misheard_name_sounds_the_same_where_there_is_such_a_character():
    wrong = names.misheard("张伟")
    assert wrong != "张伟"
    assert names.pinyin(wrong) == names.pinyin("张伟")
