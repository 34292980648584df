"""A bank with compliance officers, a branch head and an outsider."""

from collections.abc import Callable

import pytest

from liuke.data.org.users.roles import permissions_of
from liuke.kernel.actor import EVERYTHING, Actor, Role


@pytest.fixture
def officer(bank, machine) -> Callable[..., Actor]:
    """A signed-in user with an account: ``officer("wang")`` is in compliance unless told otherwise."""
    from liuke.data import org

    def make(login: str, role: Role = Role.COMPLIANCE) -> Actor:
        user, _ = org.create_user(
            bank,
            machine,
            login=login,
            display=login,
            staff_no=None,
            roles=frozenset({role}),
            first_password="Correct-Horse-42",
            must_change=False,
        )
        roles = frozenset({role})
        return Actor(str(user.user_id), login, login, "", roles, permissions_of(roles), EVERYTHING, "session", "r1")

    return make
