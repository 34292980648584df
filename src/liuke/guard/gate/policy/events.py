"""What happened to the policy."""

from dataclasses import dataclass
from typing import ClassVar

from liuke.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class PolicyMoved(Event):
    """A version of the policy was drafted, published or rejected."""

    kind: ClassVar[str] = "gate.policy_moved"
    number: int
    state: str
