"""Which purposes a stored field may serve: device and place, kept against fraud, never reach marketing."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from liuke.data import sources
from liuke.guard.consent.model import Purpose
from liuke.kernel.errors import Refused
from liuke.kernel.store.columns import PiClass

#: Everything a bank may do with what it needs to serve the customer, as far as consent allows.
_ALL: Final = frozenset(Purpose)
_SAFETY: Final = frozenset({Purpose.ANTIFRAUD, Purpose.LEGAL})
_NECESSARY: Final = frozenset({Purpose.SERVICE, Purpose.ANTIFRAUD, Purpose.LEGAL})

#: Collected against fraud. Source: 反电信网络诈骗法 第十八条 (device, network address and place serve nothing else).
ANTIFRAUD_ONLY: Final = frozenset(
    {"device_id", "session_id", "ip", "imei", "mac", "gps", "location", "customer_longitude", "customer_latitude"}
)
#: Tells who somebody is, or of whom the bank has no consent of their own: served and checked with, never targeted by.
NEEDED_ONLY: Final = frozenset(
    {"id_no", "account_no", "counterparty_name", "counterparty_account", "counterparty_bank", "other_key"}
)


class FieldNotForPurpose(Refused):
    """字段“{fields}”不得用于“{purpose}”：{reason}。请从条件或内容中去掉这些字段。"""


def purposes_of(name: str) -> frozenset[Purpose]:
    """Purposes a field (``column`` or ``table.column``) may serve. An undeclared field serves no marketing."""
    table, _, column = name.rpartition(".")
    if column in ANTIFRAUD_ONLY:
        return _SAFETY
    if column in NEEDED_ONLY:
        return _NECESSARY
    declared = _declared()
    known = (table, column) in declared if table else any(column == other for _, other in declared)
    return _ALL if known else _NECESSARY


def table_of_uses() -> Mapping[str, frozenset[Purpose]]:
    """Every personal field of the canonical model with the purposes it may serve."""
    return {
        f"{table.name}.{column.name}": purposes_of(f"{table.name}.{column.name}")
        for table in sources.CANONICAL.values()
        for column in table.columns
        if column.pi is not PiClass.NONE or column.name in ANTIFRAUD_ONLY
    }


def usable(facts: Mapping[str, Any], purpose: Purpose) -> dict[str, Any]:
    """The facts that may be used for the purpose; the others are left out."""
    return {name: value for name, value in facts.items() if purpose in purposes_of(name)}


def require_usable(fields: Iterable[str], purpose: Purpose) -> None:
    """Raises FieldNotForPurpose when one of the fields may not be used for the purpose."""
    refused = sorted(name for name in fields if purpose not in purposes_of(name))
    if refused:
        safety = any(name.rpartition(".")[2] in ANTIFRAUD_ONLY for name in refused)
        reason = "反电信网络诈骗法第十八条限定只用于反欺诈" if safety else "未登记可用于此目的"
        raise FieldNotForPurpose(fields="、".join(refused), purpose=purpose.value, reason=reason)


def _declared() -> frozenset[tuple[str, str]]:
    return frozenset((table.name, column.name) for table in sources.CANONICAL.values() for column in table.columns)
