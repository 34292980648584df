"""脱敏: what a role sees of a name, a phone, an ID number, and which fields may be revealed for a reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from liuke.data.org.users.roles import CLEAR, PERMISSIONS
from liuke.kernel.actor import Actor, Permission

#: Fields that are masked unless the role sees them in clear, and that may be revealed with a reason.
REVEALABLE: Final = frozenset({"name", "phone", "phone2", "id_no", "email", "address", "account_no", "wecom_id"})

_STAR: Final = "*"
#: As far as the first district or county, or else the first city: never a street.
_DISTRICT: Final = re.compile(r".{2,20}?[区县旗]|.{2,12}?市")


def name(text: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧**三; a firm keeps its ends."""
    if len(text) <= 1:
        return _STAR * len(text)
    if len(text) == 2:
        return text[0] + _STAR
    return text[0] + _STAR * (len(text) - 2) + text[-1]


def phone(text: str) -> str:
    """13812341234 → 138****1234; a shorter number keeps its last two digits."""
    if len(text) >= 11:
        return text[: len(text) - 8] + _STAR * 4 + text[-4:]
    return _STAR * max(len(text) - 2, 0) + text[-2:] if len(text) > 4 else _STAR * len(text)


def id_no(text: str) -> str:
    """330106199001011234 → 330***********1234; a shorter number keeps its last two characters."""
    if len(text) >= 15:
        return text[:3] + _STAR * (len(text) - 7) + text[-4:]
    return _STAR * (len(text) - 2) + text[-2:] if len(text) > 4 else _STAR * len(text)


def email(text: str) -> str:
    """someone@bank.example → s***@bank.example."""
    local, at, host = text.partition("@")
    return f"{local[:1]}***{at}{host}" if at else _STAR * len(text)


def address(text: str) -> str:
    """浙江省杭州市西湖区文三路 1 号 → 浙江省杭州市西湖区***; nothing recognised leaves nothing to see."""
    found = _DISTRICT.match(text)
    return (found[0] if found else "") + _STAR * 3 if text else ""


def account_no(text: str) -> str:
    """6222021234567890 → ************7890."""
    return _STAR * (len(text) - 4) + text[-4:] if len(text) > 8 else _STAR * len(text)


def wecom_id(text: str) -> str:
    """wmABCDEF → wm******."""
    return text[:2] + _STAR * max(len(text) - 2, 0) if len(text) > 4 else _STAR * len(text)


_RULES: Final[dict[str, Callable[[str], str]]] = {
    "name": name,
    "phone": phone,
    "phone2": phone,
    "id_no": id_no,
    "email": email,
    "address": address,
    "account_no": account_no,
    "wecom_id": wecom_id,
}


@dataclass(frozen=True, slots=True)
class Masking:
    """How one actor sees personal fields: ``masking("phone", "13812341234")``."""

    #: Fields shown as they are.
    clear: frozenset[str]

    @classmethod
    def for_actor(cls, actor: Actor) -> "Masking":
        """What all of the actor's customer-reading roles see in clear; an actor without such a role sees nothing so.

        Roles are intersected: somebody who is analyst of the whole bank and RM of one book must not, by the second
        role, read the names the first one hides.
        """
        reading = [CLEAR[role] for role in actor.roles if Permission.CUSTOMER_READ in PERMISSIONS[role]]
        return cls(frozenset.intersection(*reading) if reading else frozenset())

    def __call__(self, field: str, text: str | None) -> str | None:
        """The value of a field as the actor may see it. Raises KeyError for a field that has no mask."""
        rule = _RULES[field]
        return text if text is None or field in self.clear else rule(text)

    def name(self, text: str) -> str:
        """A name."""
        return text if "name" in self.clear else name(text)

    def phone(self, text: str) -> str:
        """A phone number."""
        return text if "phone" in self.clear else phone(text)

    def id_no(self, text: str) -> str:
        """An ID number."""
        return text if "id_no" in self.clear else id_no(text)
