"""Masking: who sees what of a name, a phone, an ID number."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.data.org import REVEALABLE, Masking, mask
from liuke.data.org.users import roles
from liuke.kernel.actor import NOTHING, Actor, Role


def _actor(*held: Role) -> Actor:
    return Actor("u", "u", "U", "", frozenset(held), roles.permissions_of(frozenset(held)), NOTHING, "session")


@pytest.mark.parametrize(
    ("rule", "text", "shown"),
    [
        (mask.name, "张三", "张*"),
        (mask.name, "张小三", "张*三"),
        (mask.name, "欧阳小三", "欧**三"),
        (mask.name, "李", "*"),
        (mask.name, "", ""),
        (mask.phone, "13812341234", "138****1234"),
        (mask.phone, "057188886666", "0571****6666"),
        (mask.phone, "95588", "***88"),
        (mask.phone, "110", "***"),
        (mask.id_no, "330106199001011234", "330***********1234"),
        (mask.id_no, "330106900101123", "330********1123"),
        (mask.id_no, "E12345678", "*******78"),
        (mask.email, "someone@bank.example", "s***@bank.example"),
        (mask.email, "nonsense", "********"),
        (mask.address, "浙江省杭州市西湖区文三路1号小区3栋", "浙江省杭州市西湖区***"),
        (mask.address, "somewhere", "***"),
        (mask.address, "", ""),
        (mask.account_no, "6222021234567890", "************7890"),
        (mask.wecom_id, "wmABCDEF", "wm******"),
    ],
)
def test_a_mask_shows_no_more_than_it_must(rule: Callable[[str], str], text: str, shown: str) -> None:
    assert rule(text) == shown


@given(st.sampled_from(sorted(REVEALABLE)), st.text(min_size=2, max_size=40))
def test_a_mask_never_gives_back_the_whole(field: str, text: str) -> None:
    masked = Masking(frozenset())(field, text)
    assert masked is not None
    assert masked != text or set(text) <= {"*"} or (field == "address" and text.endswith("***"))


@pytest.mark.parametrize("role", [Role.RM, Role.BRANCH_HEAD, Role.INSTITUTION, Role.COMPLIANCE])
def test_the_front_line_and_compliance_see_names_but_no_phone_or_id(role: Role) -> None:
    masking = Masking.for_actor(_actor(role))
    assert masking.name("张小三") == "张小三"
    assert masking.phone("13812341234") == "138****1234"
    assert masking.id_no("330106199001011234") == "330***********1234"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.DATA_ENGINEER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN])
def test_others_see_everything_masked(role: Role) -> None:
    assert Masking.for_actor(_actor(role)).name("张小三") == "张*三"


def test_a_second_role_never_unmasks_what_the_first_hides() -> None:
    assert Masking.for_actor(_actor(Role.ANALYST, Role.RM)).name("张小三") == "张*三"
    assert Masking.for_actor(_actor()).name("张小三") == "张*三"
    assert Masking.for_actor(Actor.system("job")).name("张小三") == "张*三"


def test_a_missing_value_stays_missing() -> None:
    assert Masking(frozenset())("phone", None) is None


def test_a_field_without_a_mask_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        Masking(frozenset())("salary", "1")
