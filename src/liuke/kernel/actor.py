"""Who acts, what they may do, and whose customers they may see."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liuke.kernel.errors import Forbidden


class Role(StrEnum):
    """A job in the bank. The three administrators are separate people: none may both set up and judge."""

    RM = "rm"  # 客户经理
    BRANCH_HEAD = "branch_head"  # 网点负责人
    INSTITUTION = "institution"  # 分行管理
    ANALYST = "analyst"  # 总行分析师
    COMPLIANCE = "compliance"  # 合规
    DATA_ENGINEER = "data_engineer"  # 数据工程师
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员


class Permission(StrEnum):
    """One thing a user may be allowed to do."""

    CUSTOMER_READ = "customer.read"
    CUSTOMER_REVEAL = "customer.reveal"
    BEHAVIOUR_READ = "behaviour.read"
    BEHAVIOUR_SEND = "behaviour.send"
    PRODUCT_READ = "product.read"
    SOURCE_READ = "source.read"
    SOURCE_RUN = "source.run"
    SOURCE_EDIT = "source.edit"
    TAG_READ = "tag.read"
    TAG_EDIT = "tag.edit"
    PIPELINE_READ = "pipeline.read"
    PIPELINE_EDIT = "pipeline.edit"
    IDENTITY_READ = "identity.read"
    IDENTITY_DECIDE = "identity.decide"
    ORG_READ = "org.read"
    USER_MANAGE = "user.manage"
    ROLE_GRANT = "role.grant"
    TOKEN_MANAGE = "token.manage"  # noqa: S105  (a permission's name)
    EVENT_READ = "event.read"
    JOB_READ = "job.read"
    SYSTEM_MANAGE = "system.manage"
    AUDIT_READ = "audit.read"
    AUDIT_ADMIN = "audit.admin"
    CASE_READ = "case.read"
    CASE_WORK = "case.work"
    CASE_CLOSE = "case.close"
    GATE_READ = "gate.read"
    GATE_EDIT = "gate.edit"
    CONSENT_READ = "consent.read"
    CONSENT_EDIT = "consent.edit"
    SUBJECT_HANDLE = "subject.handle"
    SUITABILITY_READ = "suitability.read"
    SUITABILITY_SELL = "suitability.sell"
    SUITABILITY_EDIT = "suitability.edit"
    CLUSTER_READ = "cluster.read"
    CLUSTER_RUN = "cluster.run"
    SEGMENT_READ = "segment.read"
    SEGMENT_EDIT = "segment.edit"
    SEGMENT_EXPORT = "segment.export"
    SEGMENT_APPROVE = "segment.approve"
    RELATION_PROPOSE = "relation.propose"
    RELATION_APPROVE = "relation.approve"


class ScopeKind(StrEnum):
    """How far an actor's eyes reach."""

    NONE = "none"
    BOOK = "book"
    BRANCH = "branch"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """The customers an actor may see: none, one RM's book, a branch with all below it, or all.

    ``branch_path`` is the path of branch numbers from the head office down, each followed by a slash, so that a branch
    contains another exactly when its path is a prefix: ``HO/0571/`` contains ``HO/0571/003/``.
    """

    kind: ScopeKind
    branch_path: str = ""
    staff_no: str = ""


EVERYTHING: Final = Scope(ScopeKind.ALL)
NOTHING: Final = Scope(ScopeKind.NONE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting in this request or job. ``via`` is how: ``session``, ``token`` or ``system``."""

    user_id: str
    login: str
    display: str
    staff_no: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    scope: Scope
    via: str
    request_id: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the actor holds the permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises Forbidden when the actor lacks the permission."""
        if permission not in self.permissions:
            raise Forbidden(permission=permission.value)

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The bank's own machine at work: a scheduled load, a command of the administrator."""
        return cls(
            user_id=f"system:{name}",
            login=name,
            display=name,
            staff_no="",
            roles=frozenset(),
            permissions=frozenset(Permission),
            scope=EVERYTHING,
            via="system",
        )
