"""Switching the second factor on and off, by the user."""

from typing import Final
from uuid import UUID

import pyotp

from liuke.data.org.session import onetime, service, store
from liuke.data.org.session.model import Opened, TotpAlreadyOn, TotpSwitched, TotpWrong
from liuke.data.org.users import store as users
from liuke.kernel.bank import Bank

_ISSUER: Final = "Liuke 留客"


def enrol(bank: Bank, opened: Opened) -> tuple[str, str]:
    """A new secret for the user's authenticator, and its address for the QR code. Raises TotpAlreadyOn."""
    secret, user_id = pyotp.random_base32(), UUID(opened.actor.user_id)
    with bank.write(opened.actor) as tx:
        users.lock_user(tx, user_id)
        row = store.by_id(tx, user_id)
        if row and row["totp_on"]:
            raise TotpAlreadyOn
        users.change_credential(tx, user_id, totp_secret=onetime.sealed(bank, secret, user_id), totp_on=False)
    return secret, pyotp.TOTP(secret).provisioning_uri(name=opened.actor.login, issuer_name=_ISSUER)


def confirm(bank: Bank, opened: Opened, code: str) -> None:
    """Switch the second factor on, once a first code proves that the authenticator has the secret. Raises TotpWrong."""
    user_id = UUID(opened.actor.user_id)
    with bank.read(opened.actor) as tx:
        row = store.by_id(tx, user_id)
    if row is None or row["totp_on"] or row["totp_secret"] is None or not onetime.accept(bank, row, code):
        raise TotpWrong
    with bank.write(opened.actor) as tx:
        users.change_credential(tx, user_id, totp_on=True)
        tx.emit(TotpSwitched(user_id=opened.actor.user_id, on=True))


def stop(bank: Bank, opened: Opened, *, password: str) -> None:
    """Switch the second factor off. Raises PasswordWrong."""
    service.checked_password(bank, opened, password)
    with bank.write(opened.actor) as tx:
        users.change_credential(tx, UUID(opened.actor.user_id), totp_on=False, totp_secret=None)
        tx.emit(TotpSwitched(user_id=opened.actor.user_id, on=False))
