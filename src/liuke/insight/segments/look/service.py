"""What others may ask about a segment as a whole, each within the asker's scope."""

from collections.abc import Sequence

from liuke.insight.segments import desk, service, store
from liuke.insight.segments.count import bits, tagged
from liuke.insight.segments.look.contrast import Contrast, Overlap, contrasts, overlap
from liuke.insight.segments.members.renew import MACHINE, vocabulary
from liuke.insight.segments.model import Segment, UnknownSegment
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank


def profile(bank: Bank, actor: Actor, segment_id: int, *, limit: int) -> Sequence[Contrast]:
    """The traits that tell a segment from the bank; tags its own rule names are left out. Raises UnknownSegment."""
    actor.require(Permission.SEGMENT_READ)
    now = tagged.current(bank)
    snapshot = now.snapshot
    with bank.read(MACHINE) as tx:
        known = vocabulary(now, tx)
        segment = store.read(tx, segment_id)
        if segment is None:
            raise UnknownSegment
        standing = desk.standing(bank, tx)
        engine = desk.of(bank).engine(bank, tx, known, members=standing.members, snapshot=snapshot)
        base = service.seen(bank, actor, engine.present, snapshot.size)
        members = bits.resized(standing.members(segment_id), snapshot.size) & base
        named = known.check(segment.rule_text).names
        fields = [
            (name, field)
            for name, field in known.catalogue.fields.items()
            if name not in known.segments and name not in named and now.shown(name)
        ]
        return contrasts(engine, fields, members, base, limit=limit)


def overlaps(bank: Bank, actor: Actor, segment_id: int) -> Sequence[tuple[Segment, Overlap]]:
    """What a segment shares with each other in use, the most alike first. Raises UnknownSegment."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        if store.read(tx, segment_id) is None:
            raise UnknownSegment
        standing, others = desk.standing(bank, tx), store.every(tx)
        longest = max((len(standing.members(one.id)) for one in others), default=0) * bits.WORD
        seen = service.seen(bank, actor, bits.full(longest), longest)
        mine = bits.resized(standing.members(segment_id), longest) & seen
        found = [
            (one, overlap(mine, bits.resized(standing.members(one.id), longest) & seen, segment_id=one.id))
            for one in others
            if one.id != segment_id
        ]
    return sorted(found, key=lambda pair: (-pair[1].jaccard, pair[0].id))
