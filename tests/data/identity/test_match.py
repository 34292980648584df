"""One-ID on people whose truth is known, and the records nobody may join."""

import numpy as np
import pyarrow as pa
import pytest
from tests.data.identity.judge import pair_figures
from tests.data.identity.lake import a_party

from liuke.data.identity import explain, match, party, resolve
from liuke.data.identity.linkage import clean, score
from liuke.data.identity.linkage.model import Model, ModelUnreadable
from liuke.data.identity.normalise import RECORD, normalise, valid_id_cards
from twinbank.population import population

MODEL = match.shipped_model()


def card(body: str) -> str:
    return body + clean.check_digit(body)


ONE, TWO = card("33010619900307242"), card("33010619850101131")


@pytest.fixture(scope="module")
def crowd():
    people, truth = population(40_000, seed=3)
    return people, truth["person_id"].to_numpy(), normalise(people)


def labels_of(*parties) -> list[int]:
    return match.match(normalise(pa.Table.from_pylist(list(parties))), model=MODEL).labels.tolist()


def test_people_are_found_again_almost_without_error(crowd) -> None:
    _people, truth, records = crowd
    figures = pair_figures(match.match(records, model=MODEL).labels, truth)
    assert figures.precision >= 0.9995
    assert figures.recall >= 0.985


def test_no_customer_ever_holds_two_valid_identity_cards(crowd) -> None:
    _, _, records = crowd
    labels = match.match(records, model=MODEL).labels
    document = match.facts(records).document
    held = document != 0
    distinct = np.unique(np.stack([labels[held], document[held]]), axis=1)
    assert np.unique(distinct[0], return_counts=True)[1].max() == 1


def test_a_retrained_model_finds_the_same_people(crowd) -> None:
    _people, truth, records = crowd
    model = match.train(records, seed=1, note="test")
    again = Model.from_json(model.to_json())
    assert again.prior(1000) == model.prior(1000)
    figures = pair_figures(match.match(records, model=again).labels, truth)
    assert figures.precision >= 0.999
    assert figures.recall >= 0.98


def test_a_broken_model_file_is_said_plainly() -> None:
    for text in ("", "{}", '{"splink": 1'):
        with pytest.raises(ModelUnreadable):
            Model.from_json(text)


def test_a_pair_weighs_the_same_alone_as_in_the_batch(crowd) -> None:
    _, _, records = crowd
    edges = match.compare(records, model=MODEL).edges
    weigher = explain.Weigher(MODEL, records=records.num_rows)
    shares = explain.frequencies(records)
    sample = edges.take(pa.array(np.linspace(0, edges.num_rows - 1, 800).astype(int)))
    lefts = explain.rows(records, sample["left"].to_pylist(), shares=shares)
    rights = explain.rows(records, sample["right"].to_pylist(), shares=shares)
    places = {c.name: score.gammas(sample, c) for c in party.COMPARISONS}
    for i, (left, right) in enumerate(zip(lefts, rights, strict=True)):
        assert weigher.outcomes(left, right) == [int(places[c.name][i]) for c in party.COMPARISONS]
        waterfall = explain.explain(left, right, weigher=weigher)
        assert waterfall.total == pytest.approx(sample["weight"][i].as_py(), abs=1e-6)


def test_old_and_new_numbers_full_and_half_width_pinyin_and_characters_are_one_person() -> None:
    old = ONE[:6] + ONE[8:17]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in ONE)
    parties = [
        a_party("core", "1", id_no=ONE),
        a_party("loan", "2", id_no=old, phone=None),
        a_party("card", "3", id_no=wide, name="LIN XIAOYAN", phone=None),
        a_party("app", "4", id_no=None, name="林晓艳", phone="+86 13857123456"),
    ]
    assert len(set(labels_of(*parties))) == 1


def test_homonyms_without_more_in_common_stay_apart() -> None:
    other = a_party("loan", "2", id_no=None, phone="13911112222", address="杭州市上城区中山路1号2幢301室")
    assert len(set(labels_of(a_party("core", "1", id_no=ONE), other))) == 2


def test_a_family_phone_and_home_join_nobody() -> None:
    parties = [
        a_party("core", "1", id_no=ONE),
        a_party("core", "2", name="王建国", id_no=TWO),
        a_party("app", "3", name="林小宝", id_no=None),
        a_party("crm", "4", name="林伯年", id_no=None),
    ]
    assert len(set(labels_of(*parties))) == 4


def test_a_reassigned_phone_joins_nobody() -> None:
    parties = [a_party("core", "1", id_no=ONE), a_party("app", "2", name="赵一凡", id_no=None, address=None, city=None)]
    assert len(set(labels_of(*parties))) == 2


def test_a_person_and_the_firm_of_the_same_phone_are_two_parties() -> None:
    firm = a_party("core", "2", kind="company", name="林晓燕", id_type="uscc", id_no="91350100M000100Y43")
    assert len(set(labels_of(a_party("core", "1", id_no=None), firm))) == 2


def test_a_number_used_by_hundreds_as_a_placeholder_joins_nobody() -> None:
    rng = np.random.default_rng(1)
    names = ["".join(chr(0x4E00 + int(c)) for c in rng.integers(0, 4000, 3)) for _ in range(200)]
    parties = [
        a_party("core", str(i), name=name, id_no=None, phone="13800138000", address=None)
        for i, name in enumerate(names)
    ]
    assert len(set(labels_of(*parties))) >= 199


def test_only_real_numbers_count_as_valid_identity_cards() -> None:
    good = ["11010519491231002X", ONE]
    bad = [
        ONE[:-1] + ("1" if ONE[-1] != "1" else "2"),
        card("99010619900307242"),
        card("33010619900230242"),
        card("33010619901307242"),
        "1101051949123100",
        "",
    ]
    found = valid_id_cards(pa.array([*good, *bad, None]))
    assert found.tolist() == [True] * 2 + [False] * 7


def test_a_table_with_few_columns_or_no_rows_is_normalised_too() -> None:
    assert normalise(pa.table({"source": ["a"], "source_key": ["1"]})).schema.equals(RECORD)
    empty = pa.table({"source": pa.array([], pa.string()), "source_key": pa.array([], pa.string())})
    assert normalise(empty).num_rows == 0
    assert match.match(normalise(empty), model=MODEL).labels.tolist() == []


def test_one_record_is_resolved_to_its_person_and_a_stranger_to_nobody(crowd) -> None:
    people, truth, records = crowd
    index = resolve.index(records, truth.astype(np.int64), model=MODEL)
    asked = people.slice(0, 300).to_pylist()
    answers = [resolve.resolve(row, among=index).one_id for row in asked]
    known = [(a, int(t)) for a, t in zip(answers, truth[:300], strict=True) if a is not None]
    assert len(known) > 270
    assert all(a == t for a, t in known)
    stranger = a_party("app", "x", name="欧阳不存在", id_no=None, phone="17000000001", address=None, city=None)
    assert resolve.resolve(stranger, among=index).one_id is None


def test_a_record_with_another_valid_identity_card_is_never_resolved_to_a_customer(crowd) -> None:
    people, truth, records = crowd
    index = resolve.index(records, truth.astype(np.int64), model=MODEL)
    valid = np.flatnonzero(records["id_valid"].to_numpy())[:50]
    for at in valid.tolist():
        row = people.slice(at, 1).to_pylist()[0] | {"id_no": ONE, "id_type": "idcard"}
        answer = resolve.resolve(row, among=index)
        codes = [candidate.outcomes["identity"] for candidate in answer.candidates if candidate.fits]
        assert "both_valid" not in codes
