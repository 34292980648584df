"""Every error has one clear Chinese sentence, a status and a stable code."""

from collections.abc import Iterator

import pytest

from liuke.app import wiring  # noqa: F401  (loads every error)
from liuke.kernel.errors import Invalid, LiukeError


class SampleMissing(Invalid):
    """缺少 {thing}。请补充后再试。"""


def _tree(root: type[LiukeError]) -> Iterator[type[LiukeError]]:
    for child in root.__subclasses__():
        yield child
        yield from _tree(child)


def test_facts_fill_the_sentence_and_stay_as_facts() -> None:
    fault = SampleMissing(thing="客户号")
    assert fault.message == "缺少 客户号。请补充后再试。"
    assert fault.facts == {"thing": "客户号"}
    assert fault.code == "sample_missing"
    assert fault.status == 422


def test_a_missing_fact_never_breaks_the_message() -> None:
    assert SampleMissing().message == "缺少 …。请补充后再试。"


@pytest.mark.parametrize("kind", list(_tree(LiukeError)), ids=lambda kind: kind.__name__)
def test_every_error_speaks_chinese_in_whole_sentences(kind: type[LiukeError]) -> None:
    template = " ".join((kind.__doc__ or "").split())
    assert any("\u4e00" <= letter <= "\u9fff" for letter in template), template
    assert template.endswith(("。", "?", "}")), template
    assert kind.status in {401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 503}
