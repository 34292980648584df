"""One-time codes: six digits that change every thirty seconds, each good once."""

import hmac
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import pyotp

from liuke.data.org.session import store
from liuke.data.org.session.attempts import machine
from liuke.data.org.session.model import FromWhere
from liuke.kernel.bank import Bank

#: Seconds a code stands. Source: RFC 6238, section 5.2.
STEP: Final = 30
#: Steps a phone's clock may be slow or fast.
DRIFT: Final = 1
_PLACE: Final = "credential.totp_secret"


def sealed(bank: Bank, secret: str, user_id: UUID) -> bytes:
    """An authenticator's secret as it is stored."""
    return bank.keys.seal(secret, at=_PLACE, subject=str(user_id))


def accept(bank: Bank, row: Mapping[Any, Any], code: str) -> bool:
    """Whether a code is right and was not used before; a code accepted is used up, as are all before it."""
    generator = pyotp.TOTP(bank.keys.unseal(row["totp_secret"], at=_PLACE, subject=str(row["id"])))
    now = int(bank.clock.now().timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(generator.at(step * STEP).encode(), code.encode()):
            with bank.write(machine(FromWhere())) as tx:
                return store.use_step(tx, row["id"], step)
    return False
