"""What each role may do, how far it sees, what it reads unmasked, and which roles exclude each other."""

from typing import Final

from liuke.kernel.actor import EVERYTHING, NOTHING, Permission, Role, Scope, ScopeKind

P = Permission

#: What a role is called in the bank.
TITLES: Final[dict[Role, str]] = {
    Role.RM: "客户经理",
    Role.BRANCH_HEAD: "网点负责人",
    Role.INSTITUTION: "分行管理",
    Role.ANALYST: "总行分析师",
    Role.COMPLIANCE: "合规",
    Role.DATA_ENGINEER: "数据工程师",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}

PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.CUSTOMER_READ, P.CUSTOMER_REVEAL, P.PRODUCT_READ}),
    Role.BRANCH_HEAD: frozenset({P.CUSTOMER_READ, P.CUSTOMER_REVEAL, P.PRODUCT_READ, P.ORG_READ}),
    Role.INSTITUTION: frozenset({P.CUSTOMER_READ, P.CUSTOMER_REVEAL, P.PRODUCT_READ, P.ORG_READ}),
    Role.ANALYST: frozenset(
        {P.CUSTOMER_READ, P.PRODUCT_READ, P.ORG_READ, P.SOURCE_READ, P.PIPELINE_READ, P.TOKEN_MANAGE}
    ),
    Role.COMPLIANCE: frozenset(
        {P.CUSTOMER_READ, P.CUSTOMER_REVEAL, P.PRODUCT_READ, P.ORG_READ, P.EVENT_READ, P.IDENTITY_READ, P.AUDIT_READ}
    ),
    Role.DATA_ENGINEER: frozenset(
        {
            P.SOURCE_READ,
            P.SOURCE_RUN,
            P.SOURCE_EDIT,
            P.PIPELINE_READ,
            P.PIPELINE_EDIT,
            P.IDENTITY_READ,
            P.IDENTITY_DECIDE,
            P.PRODUCT_READ,
            P.ORG_READ,
            P.JOB_READ,
            P.TOKEN_MANAGE,
        }
    ),
    Role.SYSTEM_ADMIN: frozenset({P.USER_MANAGE, P.SYSTEM_MANAGE, P.JOB_READ, P.ORG_READ}),
    Role.SECURITY_ADMIN: frozenset({P.ROLE_GRANT, P.ORG_READ}),
    Role.AUDIT_ADMIN: frozenset({P.EVENT_READ, P.ORG_READ, P.AUDIT_READ, P.AUDIT_ADMIN}),
}

#: Guard's rooms: who sees why a touch was refused, who works on cases, who may change what the gate asks.
_GUARD: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.GATE_READ}),
    Role.BRANCH_HEAD: frozenset({P.GATE_READ, P.CASE_READ, P.CASE_WORK}),
    Role.INSTITUTION: frozenset({P.GATE_READ, P.CASE_READ, P.CASE_WORK}),
    Role.ANALYST: frozenset({P.GATE_READ}),
    Role.COMPLIANCE: frozenset({P.GATE_READ, P.GATE_EDIT, P.CASE_READ, P.CASE_WORK, P.CASE_CLOSE}),
}
#: Consent and suitability: who sells records what the customer says; compliance judges, and sells nothing.
_CARE: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.CONSENT_READ, P.CONSENT_EDIT, P.SUITABILITY_READ, P.SUITABILITY_SELL}),
    Role.BRANCH_HEAD: frozenset({P.CONSENT_READ, P.CONSENT_EDIT, P.SUITABILITY_READ, P.SUITABILITY_SELL}),
    Role.INSTITUTION: frozenset({P.CONSENT_READ, P.SUITABILITY_READ}),
    Role.ANALYST: frozenset({P.SUITABILITY_READ}),
    Role.COMPLIANCE: frozenset(
        {P.CONSENT_READ, P.CONSENT_EDIT, P.SUBJECT_HANDLE, P.SUITABILITY_READ, P.SUITABILITY_EDIT}
    ),
}
#: Behaviour: who analyses it, and whose API tokens may send events.
_BEHAVIOUR: Final[dict[Role, frozenset[Permission]]] = {
    Role.ANALYST: frozenset({P.BEHAVIOUR_READ}),
    Role.INSTITUTION: frozenset({P.BEHAVIOUR_READ}),
    Role.BRANCH_HEAD: frozenset({P.BEHAVIOUR_READ}),
    Role.DATA_ENGINEER: frozenset({P.BEHAVIOUR_SEND}),
}
#: Tags: everybody who works with customers may read what one means; analysts and engineers define them.
_TAGS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.TAG_READ}),
    Role.BRANCH_HEAD: frozenset({P.TAG_READ}),
    Role.INSTITUTION: frozenset({P.TAG_READ}),
    Role.ANALYST: frozenset({P.TAG_READ, P.TAG_EDIT}),
    Role.COMPLIANCE: frozenset({P.TAG_READ}),
    Role.DATA_ENGINEER: frozenset({P.TAG_READ, P.TAG_EDIT}),
}
#: Clusters tell of the whole bank, so they are for those who see all of it.
_INSIGHT: Final[dict[Role, frozenset[Permission]]] = {
    Role.ANALYST: frozenset({P.CLUSTER_READ, P.CLUSTER_RUN}),
    Role.COMPLIANCE: frozenset({P.CLUSTER_READ}),
}
#: Segments: the analyst makes them, the front line works with them, somebody else lets lists out of the house.
_SEGMENTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.SEGMENT_READ}),
    Role.BRANCH_HEAD: frozenset({P.SEGMENT_READ, P.SEGMENT_EXPORT}),
    Role.INSTITUTION: frozenset({P.SEGMENT_READ, P.SEGMENT_EXPORT}),
    Role.ANALYST: frozenset({P.SEGMENT_READ, P.SEGMENT_EDIT, P.SEGMENT_EXPORT}),
    Role.COMPLIANCE: frozenset({P.SEGMENT_READ, P.SEGMENT_APPROVE}),
}
for _role, _rights in (
    *_BEHAVIOUR.items(),
    *_GUARD.items(),
    *_CARE.items(),
    *_TAGS.items(),
    *_INSIGHT.items(),
    *_SEGMENTS.items(),
):
    PERMISSIONS[_role] |= _rights
#: Relations and groups: who knows the customer proposes, who answers for the branch judges.
_RELATIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.RM: frozenset({P.RELATION_PROPOSE}),
    Role.BRANCH_HEAD: frozenset({P.RELATION_PROPOSE, P.RELATION_APPROVE}),
    Role.INSTITUTION: frozenset({P.RELATION_PROPOSE, P.RELATION_APPROVE}),
}
for _role, _rights in _RELATIONS.items():
    PERMISSIONS[_role] |= _rights

SCOPES: Final[dict[Role, ScopeKind]] = {
    Role.RM: ScopeKind.BOOK,
    Role.BRANCH_HEAD: ScopeKind.BRANCH,
    Role.INSTITUTION: ScopeKind.BRANCH,
    Role.ANALYST: ScopeKind.ALL,
    Role.COMPLIANCE: ScopeKind.ALL,
    Role.DATA_ENGINEER: ScopeKind.NONE,
    Role.SYSTEM_ADMIN: ScopeKind.NONE,
    Role.SECURITY_ADMIN: ScopeKind.NONE,
    Role.AUDIT_ADMIN: ScopeKind.NONE,
}

#: Fields a role reads without masking. Phones and ID numbers are clear to nobody: they are revealed, with a reason.
CLEAR: Final[dict[Role, frozenset[str]]] = {
    role: frozenset({"name"}) if role in {Role.RM, Role.BRANCH_HEAD, Role.INSTITUTION, Role.COMPLIANCE} else frozenset()
    for role in Role
}

ADMINISTRATORS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

#: Roles whose data scope comes from a member of staff.
PLACED: Final = frozenset({Role.RM, Role.BRANCH_HEAD, Role.INSTITUTION})

_WIDTH: Final = {ScopeKind.NONE: 0, ScopeKind.BOOK: 1, ScopeKind.BRANCH: 2, ScopeKind.ALL: 3}


def excluded_by(role: Role) -> frozenset[Role]:
    """The roles that nobody may hold beside this one.

    An administrator holds nothing else. The analyst sees the whole bank masked, so nobody who may reveal is one too.
    """
    others = frozenset(Role) - {role}
    if role in ADMINISTRATORS:
        return others
    revealing = frozenset(other for other in others if P.CUSTOMER_REVEAL in PERMISSIONS[other])
    if role is Role.ANALYST:
        return ADMINISTRATORS | revealing
    return ADMINISTRATORS | ({Role.ANALYST} if P.CUSTOMER_REVEAL in PERMISSIONS[role] else frozenset())


def clashing(held: frozenset[Role]) -> tuple[Role, Role] | None:
    """Two roles of the set that exclude each other, or None."""
    for role in sorted(held):
        for other in sorted(held & excluded_by(role)):
            return role, other
    return None


def permissions_of(held: frozenset[Role]) -> frozenset[Permission]:
    """Everything the roles together allow."""
    return frozenset().union(*(PERMISSIONS[role] for role in held))


def scope_of(held: frozenset[Role], *, staff_no: str, branch_path: str) -> Scope:
    """The widest data scope of the roles. A branch or a book that is not there is no scope at all."""
    kind = max((SCOPES[role] for role in held), key=_WIDTH.__getitem__, default=ScopeKind.NONE)
    if kind is ScopeKind.ALL:
        return EVERYTHING
    if kind is ScopeKind.BRANCH and branch_path:
        return Scope(kind, branch_path=branch_path, staff_no=staff_no)
    if kind is ScopeKind.BOOK and staff_no:
        return Scope(kind, branch_path=branch_path, staff_no=staff_no)
    return NOTHING
