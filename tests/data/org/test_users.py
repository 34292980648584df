"""Accounts and roles: who may grant what to whom, and what nobody may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from liuke.data import org
from liuke.data.org.users import password, roles, service, store
from liuke.data.org.users.model import (
    AdministratorAccount,
    BadLogin,
    GrantRefused,
    LoginTaken,
    OwnAccount,
    PasswordWeak,
    StaffTaken,
    UnknownStaff,
    User,
    UserChange,
    UserStatus,
)
from liuke.kernel.actor import Actor, Permission, Role, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.ids import new_id
from liuke.kernel.store.log import read_after

from .conftest import PASSWORD

MakeUser = Callable[..., User]
MakeActor = Callable[[str], Actor]


def _grant(bank: Bank, actor: Actor, user: User, *wanted: Role, staff_no: str | None = None) -> User:
    return service.set_access(bank, actor, user.user_id, roles=frozenset(wanted), staff_no=staff_no)


def test_the_system_administrator_opens_accounts_that_can_do_nothing(bank: Bank, actor_of: MakeActor) -> None:
    user, secret = org.create_user(bank, actor_of("sysadmin"), login="new.rm", display="新人", staff_no="R1")
    assert user.roles == frozenset()
    assert user.must_change_password
    opened = org.sign_in(bank, login="new.rm", password=secret)
    assert opened.must_change
    assert opened.actor.permissions == frozenset()
    assert opened.actor.scope.kind is ScopeKind.NONE


def test_the_system_administrator_cannot_choose_the_first_password(bank: Bank, actor_of: MakeActor) -> None:
    _, secret = org.create_user(
        bank, actor_of("sysadmin"), login="new.rm", display="新人", first_password=PASSWORD, must_change=False
    )
    assert secret != PASSWORD


def test_a_bad_login_name_is_refused(bank: Bank, machine: Actor) -> None:
    for login in ("", "A", "1a", "a b", "a" * 33, "x'; drop table bank_user;--", "张三"):
        with pytest.raises(BadLogin):
            org.create_user(bank, machine, login=login, display="x")


def test_a_login_name_and_a_member_of_staff_have_one_account(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    a_user("rm.one")
    with pytest.raises(LoginTaken):
        org.create_user(bank, machine, login="rm.one", display="x")
    with pytest.raises(StaffTaken):
        org.create_user(bank, machine, login="other", display="x", staff_no="R1")
    with pytest.raises(UnknownStaff):
        org.create_user(bank, machine, login="other", display="x", staff_no="nobody")


def test_the_system_administrator_cannot_grant(bank: Bank, a_user: MakeUser, actor_of: MakeActor) -> None:
    with pytest.raises(Forbidden):
        _grant(bank, actor_of("sysadmin"), a_user("someone"), Role.ANALYST)


def test_an_account_opened_with_a_role_needs_both_permissions(bank: Bank, actor_of: MakeActor) -> None:
    with pytest.raises(Forbidden):
        org.create_user(bank, actor_of("sysadmin"), login="x1", display="x", roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden):
        org.create_user(bank, actor_of("secadmin"), login="x2", display="x")


def test_the_security_administrator_grants_and_each_grant_is_an_event(
    bank: Bank, machine: Actor, a_user: MakeUser, actor_of: MakeActor
) -> None:
    user = a_user("someone")
    granting = actor_of("secadmin")
    assert _grant(bank, granting, user, Role.RM, staff_no="R1").roles == {Role.RM}
    assert _grant(bank, granting, user, Role.BRANCH_HEAD, staff_no="R1").roles == {Role.BRANCH_HEAD}
    with bank.read(machine) as tx:
        told = read_after(tx.connection, 0, 0, kinds=["role.granted", "role.revoked", "role.scope_changed"])
    mine = [(event.kind, event.payload.get("role")) for event in told if event.actor_id == granting.user_id]
    assert mine == [
        ("role.scope_changed", None),
        ("role.granted", "rm"),
        ("role.revoked", "rm"),
        ("role.granted", "branch_head"),
    ]


def test_nobody_grants_to_himself(bank: Bank, a_user: MakeUser, actor_of: MakeActor) -> None:
    actor = actor_of("secadmin")
    with bank.read(actor) as tx:
        own = store.find_users(tx, words="secadmin", role=None, status=None, cursor=None, limit=1).items[0]
    with pytest.raises(OwnAccount):
        _grant(bank, actor, own, Role.SECURITY_ADMIN, Role.COMPLIANCE)


def test_an_administrator_is_nothing_else(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    user = a_user("someone")
    for admin in roles.ADMINISTRATORS:
        for other in frozenset(Role) - {admin}:
            with pytest.raises(GrantRefused):
                _grant(bank, machine, user, admin, other, staff_no="R1")


def test_the_masked_analyst_may_not_also_reveal(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    with pytest.raises(GrantRefused):
        _grant(bank, machine, a_user("someone"), Role.ANALYST, Role.RM, staff_no="R1")


def test_the_database_itself_refuses_a_second_administrator(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    user = a_user("sysadmin")
    with pytest.raises(IntegrityError), bank.write(machine) as tx:
        store.grant(tx, user.user_id, [Role.SECURITY_ADMIN])


def test_a_role_with_a_place_needs_a_member_of_staff(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    with pytest.raises(GrantRefused):
        _grant(bank, machine, a_user("someone"), Role.RM)


def test_roles_exclude_each_other_both_ways() -> None:
    for role in Role:
        assert all(role in roles.excluded_by(other) for other in roles.excluded_by(role))


def test_no_administrator_sees_a_customer() -> None:
    for role in roles.ADMINISTRATORS:
        assert roles.SCOPES[role] is ScopeKind.NONE
        assert Permission.CUSTOMER_READ not in roles.PERMISSIONS[role]


def test_the_system_administrator_cannot_become_another_one(bank: Bank, a_user: MakeUser, actor_of: MakeActor) -> None:
    actor = actor_of("sysadmin")
    for login in ("secadmin", "auditor"):
        target = a_user(login)
        with pytest.raises(AdministratorAccount):
            service.reset_password(bank, actor, target.user_id)
        with pytest.raises(AdministratorAccount):
            service.reset_totp(bank, actor, target.user_id)


def test_the_server_itself_lets_an_administrator_in_again(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    user = a_user("secadmin")
    service.change(bank, machine, user.user_id, UserChange(status=UserStatus.DISABLED))
    secret = org.recover(bank, "secadmin")
    assert org.sign_in(bank, login="secadmin", password=secret).must_change
    with pytest.raises(NotFound):
        org.recover(bank, "nobody")


def test_a_reset_password_must_be_changed_and_lifts_the_lock(bank: Bank, a_user: MakeUser, actor_of: MakeActor) -> None:
    user = a_user("rm.one")
    for _ in range(5):
        with pytest.raises(Exception, match="账号或密码"):
            org.sign_in(bank, login="rm.one", password="Wrong-Horse-42")
    actor = actor_of("sysadmin")
    assert service.read(bank, actor, user.user_id).locked_until is not None
    _, secret = service.reset_password(bank, actor, user.user_id)
    assert service.read(bank, actor, user.user_id).locked_until is None
    assert org.sign_in(bank, login="rm.one", password=secret).must_change


def test_a_lock_that_is_over_is_not_shown(bank: Bank, machine: Actor, a_user: MakeUser, clock: FixedClock) -> None:
    user = a_user("rm.one")
    for _ in range(5):
        with pytest.raises(Exception, match="账号或密码"):
            org.sign_in(bank, login="rm.one", password="Wrong-Horse-42")
    clock.advance(timedelta(minutes=15))
    assert service.read(bank, machine, user.user_id).locked_until is None


def test_unlocking_leaves_the_password_alone(bank: Bank, a_user: MakeUser, actor_of: MakeActor) -> None:
    user = a_user("rm.one")
    for _ in range(5):
        with pytest.raises(Exception, match="账号或密码"):
            org.sign_in(bank, login="rm.one", password="Wrong-Horse-42")
    service.change(bank, actor_of("sysadmin"), user.user_id, UserChange(unlock=True))
    assert org.sign_in(bank, login="rm.one", password=PASSWORD)


def test_nobody_disables_himself(bank: Bank, actor_of: MakeActor) -> None:
    actor = actor_of("sysadmin")
    with bank.read(actor) as tx:
        own = store.find_users(tx, words="sysadmin", role=None, status=None, cursor=None, limit=1).items[0]
    with pytest.raises(OwnAccount):
        service.change(bank, actor, own.user_id, UserChange(status=UserStatus.DISABLED))


def test_who_left_is_not_enabled_again(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    from .conftest import STAFF

    user = a_user("rm.one")
    with bank.write(machine) as tx:
        org.replace_staff(tx, STAFF[1:])
    assert service.read(bank, machine, user.user_id).status is UserStatus.DISABLED
    with pytest.raises(UnknownStaff):
        service.change(bank, machine, user.user_id, UserChange(status=UserStatus.ACTIVE))


def test_an_unknown_account_is_not_found(bank: Bank, machine: Actor, tree: None) -> None:
    with pytest.raises(NotFound):
        service.change(bank, machine, new_id(bank.clock), UserChange(display="x"))


def test_the_list_is_paged_and_filtered(bank: Bank, machine: Actor, a_user: MakeUser) -> None:
    for login in ("rm.one", "rm.two", "rm.three", "head"):
        a_user(login)

    def page(cursor: str | None = None, **wanted: object) -> list[str]:
        options = {"text": "", "role": None, "status": None} | wanted
        found = service.find(bank, machine, cursor=cursor, limit=2, **options)  # type: ignore[arg-type]
        return [user.login for user in found.items] + (page(found.next_cursor, **wanted) if found.next_cursor else [])

    assert page() == ["head", "rm.one", "rm.three", "rm.two"]
    assert page(role=Role.RM) == ["rm.one", "rm.three", "rm.two"]
    assert page(text="R1") == ["rm.one"]
    assert page(text="%") == []
    assert page(status=UserStatus.DISABLED) == []


@pytest.mark.parametrize(
    "weak",
    [
        "Short-1",
        "alllowercase",
        "lower-and-signs",
        "Rm.one-2026-x",
        "eno.mr-2026-X",
        "Password2026!",
        "Aa1!Aa1!Aa1!",
        "Qwertyuiop1!",
        "A-1" + "x" * 130,
    ],
)
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(PasswordWeak):
        password.check(weak, login="rm.one")


def test_a_random_password_meets_the_rule_and_is_never_the_same() -> None:
    made = [password.random() for _ in range(50)]
    for secret in made:
        password.check(secret, login="rm.one")
    assert len(set(made)) == len(made)
