"""The forms in which Chinese names, numbers, addresses and phones are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.data.identity.linkage import clean


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("张三", "张三"),
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("张三先生", "张三"),
        ("张三(已销户)", "张三"),
        ("ZHANG wei", "ZHANG WEI"),
        ("杭州东方科技有限公司", "杭州东方科技"),
        ("张*", None),
        ("  ", None),
    ],
)
def test_a_name_is_brought_to_one_form(written, form) -> None:
    assert clean.name_form(written) == form


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("13812345678", 13812345678),
        ("+86 138-1234-5678", 13812345678),
        ("008613812345678", 13812345678),
        ("１３８１２３４５６７８", 13812345678),
        ("13812345678.0", 13812345678),
        ("0571-88123456", 57188123456),
        ("11111111111", None),
        ("138****5678", None),
        ("1.38E+10", None),
        ("12345", None),
    ],
)
def test_a_phone_is_its_digits_or_nothing(written, form) -> None:
    assert clean.phone_form(written) == form


def test_an_old_identity_number_is_widened_with_the_right_check_digit() -> None:
    # GB 11643-1999, appendix: 11010519491231002X is the standard's own example
    assert clean.widened("110105491231002") == "11010519491231002X"
    assert clean.id_form("110105 491231 002") == "11010519491231002X"
    assert clean.id_form("１１０１０５１９４９１２３１００２ｘ") == "11010519491231002X"
    assert clean.id_form("1101051949****002X") is None


@pytest.mark.parametrize("name", ["张伟", "張偉", "章伟", "ZHANG WEI", "zhang wei"])
def test_names_that_sound_alike_read_alike(name) -> None:
    assert clean.pinyin(clean.name_form(name)) == "zhangwei"


def test_a_family_name_reads_as_a_family_name() -> None:
    assert clean.pinyin("单雄信") == "shanxiongxin"
    assert clean.pinyin("简单") == "jiandan"


def test_an_address_keeps_its_numbers_whatever_the_punctuation() -> None:
    one = clean.address_form("浙江省杭州市西湖区文三路12号3幢402室")
    two = clean.address_form("浙江省 杭州市 西湖区,文三路 １２号 3栋 402室")
    assert one == two
    assert clean.house_numbers(one) == "12-3-402"
    assert clean.house_numbers("文三路12号") is None


def test_a_credit_code_is_known_by_its_check_character() -> None:
    assert clean.is_credit_code("91350100M000100Y43")  # the example of GB 32100-2015
    assert not clean.is_credit_code("91350100M000100Y44")
    assert not clean.is_credit_code("91350100O000100Y43")


@given(st.text(max_size=40))
def test_no_text_breaks_a_form_and_a_form_is_its_own_form(text) -> None:
    for form in (clean.name_form, clean.id_form, clean.address_form, clean.email_form):
        once = form(text)
        assert once is None or once
    assert clean.phone_form(text) is None or clean.phone_form(text) > 0
    name = clean.name_form(text)
    if name is not None:
        assert clean.pinyin(name) is not None
