"""What others may ask of templates: see them with what they would come to, and take them all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from liuke.insight.segments import service, store
from liuke.insight.segments.members.renew import MACHINE
from liuke.insight.segments.model import Counted, Segment
from liuke.insight.segments.templates.read import Template, shipped
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError


@dataclass(frozen=True, slots=True)
class Offered:
    """A template with its count within the actor's scope, or why it cannot be counted; and the segments made of it."""

    template: Template
    counted: Counted | None
    fault: str
    taken: tuple[int, ...]


def offered(bank: Bank, actor: Actor) -> Sequence[Offered]:
    """All templates. Raises Forbidden."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        made = store.every(tx)
    return [_offer(bank, actor, template, made) for template in shipped()]


def _offer(bank: Bank, actor: Actor, template: Template, made: Sequence[Segment]) -> Offered:
    taken = tuple(segment.id for segment in made if segment.template == template.key)
    try:
        counted = service.count(bank, actor, template.rule_text, purpose=template.purpose)
    except LiukeError as fault:
        return Offered(template, None, fault.message, taken)
    return Offered(template, counted, "", taken)


def install(
    bank: Bank, actor: Actor, *, keys: Collection[str] | None = None, as_of: date | None = None
) -> list[Segment]:
    """Make a segment of every template, or of ``keys``, not taken yet, computed as of a day; returns the new."""
    with bank.read(MACHINE) as tx:
        known = {segment.template for segment in store.every(tx, state=None)}
    drafts = [one.draft() for one in shipped() if one.key not in known and (keys is None or one.key in keys)]
    return service.create_all(bank, actor, drafts, as_of=as_of)
