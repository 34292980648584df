"""Numbers that identify a person."""

import numpy as np
import pytest

from twinbank import ids, people, places
from twinbank.draw import stream

TODAY = np.datetime64("2026-10-31")


@pytest.fixture(scope="module")
def crowd() -> people.People:
    return people.build(20_000, seed=5, today=TODAY)


def texts(crowd: people.People) -> list[str]:
    return [bytes(row).decode() for row in crowd.id_no]


def test_a_published_example_has_a_right_checksum():
    assert ids.valid("11010519491231002X")  # the example of GB 11643-1999
    assert not ids.valid("110105194912310021")


def test_every_id_number_has_a_right_checksum(crowd: people.People):
    assert all(ids.valid(text) for text in texts(crowd))


def test_no_id_number_has_an_assigned_area(crowd: people.People):
    assigned = {code[:4] for code in places.divisions()["code"].tolist()}
    areas = {text[:4] for text in texts(crowd)}
    assert not areas & assigned
    assert {int(area[2:]) for area in areas} <= set(range(71, 89))
    assert {int(area[:2]) for area in areas} <= set(ids.PROVINCES)


def test_id_numbers_differ_and_state_birth_day_and_gender(crowd: people.People):
    numbers = texts(crowd)
    assert len(set(numbers)) == len(numbers)
    for text, birth, woman in zip(numbers, crowd.birth.astype(str).tolist(), crowd.woman.tolist(), strict=True):
        assert text[6:14] == birth.replace("-", "")
        assert int(text[16]) % 2 == int(not woman)


def test_the_short_form_leaves_out_century_and_checksum():
    number = np.frombuffer(b"11010519491231002X", np.uint8)[None, :]
    assert bytes(ids.short(number)[0]).rstrip(b"\0") == b"110105491231002"


def test_a_mistyped_number_differs_in_one_or_two_neighbouring_digits():
    number = np.tile(np.frombuffer(b"517121198807253159", np.uint8), (500, 1))
    wrong = (ids.mistyped(stream(1, "typo"), number) != number).sum(axis=1)
    assert wrong.max() <= 2
    assert (wrong == 0).mean() < 0.1  # swapping two equal digits changes nothing


def test_phones_differ_and_are_mobile_numbers():
    phones = ids.draw_phones(stream(1, "phones"), 50_000)
    assert len(np.unique(phones)) == len(phones)
    assert phones.min() >= 13_000_000_000
    assert phones.max() < 20_000_000_000
