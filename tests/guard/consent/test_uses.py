"""Fields serve only the purposes they are declared for: device and place, kept against fraud, never reach marketing."""

import pytest

from liuke.data import sources
from liuke.guard.consent import Purpose, require_usable, usable
from liuke.guard.consent.uses import ANTIFRAUD_ONLY, FieldNotForPurpose, purposes_of, table_of_uses

_SELLING = (Purpose.MARKETING, Purpose.PROFILING, Purpose.RESEARCH)


@pytest.mark.parametrize("purpose", _SELLING)
@pytest.mark.parametrize(
    "name", [*sorted(ANTIFRAUD_ONLY), "behaviour.device_id", "party.device_id", "behaviour.session_id"]
)
def test_device_and_place_never_reach_marketing(name: str, purpose: Purpose) -> None:
    with pytest.raises(FieldNotForPurpose, match="反电信网络诈骗法"):
        require_usable([name, "aum"], purpose)
    assert usable({name: "x", "customer.income_band": "D"}, purpose) == {"customer.income_band": "D"}
    require_usable([name], Purpose.ANTIFRAUD)


def test_a_field_nobody_declared_serves_no_marketing() -> None:
    assert not purposes_of("secret_score") & set(_SELLING)
    assert Purpose.SERVICE in purposes_of("secret_score")


def test_every_device_of_the_canonical_model_is_among_the_fields_against_fraud() -> None:
    named = [f"{t.name}.{c.name}" for t in sources.CANONICAL.values() for c in t.columns if "device" in c.name]
    assert named
    uses = table_of_uses()
    for name in named:
        assert uses[name] == {Purpose.ANTIFRAUD, Purpose.LEGAL}, name
