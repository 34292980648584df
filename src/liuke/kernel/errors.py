"""Every error a user can meet, in one tree.

    LiukeError 500
    ├── Invalid 422          what was sent cannot be understood or breaks a rule of form
    ├── Unauthenticated 401  nobody is signed in
    ├── Forbidden 403        signed in, but not for this
    ├── NotFound 404         it does not exist, or not within the actor's scope
    ├── Conflict 409         it clashes with the present state
    ├── Refused 409          guard's no
    ├── TooMany 429          slow down
    └── Unavailable 503      try again later (the only one worth retrying)

A class's docstring is its Chinese message; ``{name}`` places in it are filled with the facts given as keywords. The
message says what happened and what to do next.
"""

import re
from collections.abc import Mapping
from typing import ClassVar


class LiukeError(Exception):
    """系统出现问题，您的数据没有丢失。请稍后重试；若仍出现，请把请求编号告诉管理员。"""

    status: ClassVar[int] = 500

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = facts
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """Stable name of the error on the wire, e.g. ``unknown_product``."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def message(self) -> str:
        """The Chinese sentence shown to the user."""
        template = " ".join((type(self).__doc__ or "").split())
        return template.format_map(_Facts(self.facts))


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


class Invalid(LiukeError):
    """内容不正确：{reason}。请修改后再试。"""

    status = 422


class Unauthenticated(LiukeError):
    """请先登录。"""

    status = 401


class Forbidden(LiukeError):
    """您没有此项权限。如工作需要，请向管理员申请。"""

    status = 403


class NotFound(LiukeError):
    """没有找到，或不在您的数据范围内。"""

    status = 404


class Conflict(LiukeError):
    """内容已被他人改动。请刷新后再试。"""

    status = 409


class Refused(LiukeError):
    """此操作不被允许：{reason}。"""

    status = 409


class TooMany(LiukeError):
    """操作过于频繁，请稍后再试。"""

    status = 429


class Unavailable(LiukeError):
    """服务暂时不可用，已保存的内容不受影响。请稍后重试。"""

    status = 503
