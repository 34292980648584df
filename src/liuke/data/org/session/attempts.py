"""Failed sign-ins: after five on one login name it is shut for a quarter of an hour, then twice as long each time.

A login name nobody has is treated exactly like one somebody has, so that the answers tell nothing.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from typing import Final

from liuke.data.org.session import store
from liuke.data.org.session.model import AccountLocked, FromWhere, SignInRefused, TooManyAttempts, UserLocked
from liuke.data.org.users.store import guard_key
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: Failures on one login name before it is shut.
FAILURES: Final = 5
FIRST_LOCK: Final = timedelta(minutes=15)
LONGEST_LOCK: Final = timedelta(hours=24)
#: Failures on one login name are counted over so long.
_LOGIN_WINDOW: Final = timedelta(days=1)
#: Failures from one address before it must wait; many people may sit behind one address of a branch.
ADDRESS_FAILURES: Final = 30
ADDRESS_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt under way, counted before it is judged."""

    login_key: bytes
    address_key: bytes | None
    failures: int
    lockouts: int
    origin: FromWhere


def machine(origin: FromWhere) -> Actor:
    """The bank's own machine, judging a sign-in."""
    return replace(Actor.system("sign_in"), request_id=origin.request_id)


def begin(bank: Bank, login: str, origin: FromWhere) -> Attempt:
    """Count an attempt. Raises AccountLocked, TooManyAttempts; the attempt is then not counted."""
    login_key = guard_key("login", login)
    address_key = guard_key("address", origin.address) if origin.address else None
    now = bank.clock.now()
    with bank.write(machine(origin)) as tx:
        if address_key:
            there = store.reserve(tx, address_key, window=ADDRESS_WINDOW)
            if there["failures"] > ADDRESS_FAILURES:
                raise TooManyAttempts(minutes=_minutes(there["since"] + ADDRESS_WINDOW - now))
        row = store.reserve(tx, login_key, window=_LOGIN_WINDOW)
        if row["locked_until"] and row["locked_until"] > now:
            raise AccountLocked(minutes=_minutes(row["locked_until"] - now))
        attempt = Attempt(login_key, address_key, row["failures"], row["lockouts"], origin)
        if row["failures"] > FAILURES:
            store.shut(tx, login_key, until=now + lock_time(row["lockouts"]))
    if attempt.failures > FAILURES:
        raise AccountLocked(minutes=_minutes(lock_time(attempt.lockouts)))
    return attempt


def failed(bank: Bank, attempt: Attempt, *, user_id: str, reason: str) -> None:
    """The attempt was wrong: the last one allowed shuts the login name."""
    with bank.write(machine(attempt.origin)) as tx:
        tx.emit(SignInRefused(user_id=user_id, reason=reason))
        if attempt.failures >= FAILURES:
            time = lock_time(attempt.lockouts)
            store.shut(tx, attempt.login_key, until=bank.clock.now() + time)
            tx.emit(UserLocked(user_id=user_id, minutes=_minutes(time)))


def unfinished(bank: Bank, attempt: Attempt) -> None:
    """The attempt was right so far but not whole: it counts as none, and wipes no earlier failure out."""
    with bank.write(machine(attempt.origin)) as tx:
        store.release(tx, attempt.login_key)
        if attempt.address_key:
            store.release(tx, attempt.address_key)


def succeeded(bank: Bank, attempt: Attempt) -> None:
    """The attempt was right: the login name starts anew."""
    with bank.write(machine(attempt.origin)) as tx:
        store.clear(tx, attempt.login_key)
        if attempt.address_key:
            store.release(tx, attempt.address_key)


def lock_time(lockouts: int) -> timedelta:
    """How long the next lock lasts after so many before it."""
    return min(FIRST_LOCK * (1 << min(lockouts, 10)), LONGEST_LOCK)


def _minutes(time: timedelta) -> int:
    return max(1, ceil(time.total_seconds() / 60))
