"""SQL steps: relations as the sources name them, and all evidence as one table of relations."""

from typing import Final

#: ``kind`` in a source says who the other is; here a relation is read from left to right. Source word → (relation,
#: whether the other party stands on the left).
READ: Final = {
    "spouse": ("spouse", False),
    "parent": ("parent", True),
    "child": ("parent", False),
    "legal_rep": ("legal_rep", True),
    "shareholder": ("shareholder", True),
    "owner": ("shareholder", True),
    "payroll": ("payroll", True),
    "guarantee": ("guarantee", True),
    "co_borrower": ("co_borrower", False),
    "joint_holder": ("joint_holder", False),
    "shared_device": ("device", False),
}

#: Trust in each kind of evidence, 0–1: that two who share it, or are told of, have this relation. Registered by a
#: bank's own process; shared things by how often they are shared by chance (old tenants, numbers given anew).
TRUST: Final = {"registered": 0.97, "address": 0.93, "phone": 0.8, "device": 0.9, "transaction": 0.99}

_READ: Final = (
    "SELECT * FROM (VALUES "
    + ", ".join(f"('{word}', '{kind}', {str(other_left).lower()})" for word, (kind, other_left) in READ.items())
    + ") AS read(word, kind, other_left)"
)

#: What sources tell. A relation with oneself (both records are one customer now) says nothing.
_NAMED: Final = """
SELECT CASE WHEN other_left THEN o.one_id ELSE m.one_id END AS left_id,
       CASE WHEN other_left THEN m.one_id ELSE o.one_id END AS right_id,
       w.kind, r.source, coalesce(r.evidence, r.source) AS text, r.valid_from, r.valid_to,
       (r.share * 100)::INTEGER AS share_bp
FROM ({relation}) r JOIN ({read}) w ON w.word = r.kind
JOIN member m ON m.source = r.source AND m.source_key = r.party_key
JOIN member o ON o.source = r.other_source AND o.source_key = r.other_key
WHERE m.one_id <> o.one_id"""

_TURNED: Final = """
SELECT CASE WHEN same AND left_id > right_id THEN right_id ELSE left_id END AS left_id,
       CASE WHEN same AND left_id > right_id THEN left_id ELSE right_id END AS right_id,
       kind, 'registered' AS type, text, 1 AS count, NULL::BIGINT AS amount, share_bp, NULL::DATE AS last_on,
       valid_from, valid_to
FROM (SELECT *, kind IN ('spouse', 'co_borrower', 'joint_holder', 'device') AS same FROM named)"""

_SHARED: Final = """
SELECT left_id, right_id, '{name}' AS kind, '{name}' AS type, '' AS text, shared AS count, NULL::BIGINT AS amount,
       NULL::INTEGER AS share_bp, NULL::DATE AS last_on, NULL::DATE AS valid_from, NULL::DATE AS valid_to
FROM {name}_pair"""

_MONEY: Final = """
SELECT left_id, right_id, '{kind}' AS kind, 'transaction' AS type, '' AS text, count, amount,
       NULL::INTEGER AS share_bp, last_on, NULL::DATE AS valid_from, NULL::DATE AS valid_to
FROM {table}"""

#: One row a relation. Ended only when every source says so. Confidence: that not all the evidence is wrong at once,
#: each piece taken as independent of the others.
_EDGE: Final = """
SELECT left_id, right_id, kind,
       round(1 - product(1 - CASE type {trust} END), 4) AS confidence,
       min(valid_from) AS valid_from, CASE WHEN count(valid_to) = count(*) THEN max(valid_to) END AS valid_to,
       to_json(list({{'type': type, 'text': text, 'count': count, 'amount': amount, 'share_bp': share_bp,
                     'last_on': last_on}} ORDER BY type, text))::VARCHAR AS evidence
FROM (SELECT left_id, right_id, kind, type, text, sum(count)::INTEGER AS count, sum(amount)::BIGINT AS amount,
             max(share_bp) AS share_bp, max(last_on) AS last_on, min(valid_from) AS valid_from,
             CASE WHEN count(valid_to) = count(*) THEN max(valid_to) END AS valid_to
      FROM evidence WHERE left_id <> right_id GROUP BY left_id, right_id, kind, type, text)
GROUP BY left_id, right_id, kind"""


def steps(relation_sql: str) -> list[tuple[str, str]]:
    """Tables named (as told), evidence (all of it) and edge (one row a relation)."""
    parts = [_TURNED]
    parts += [_SHARED.format(name=name) for name in ("address", "phone", "device")]
    parts += [_MONEY.format(kind="transfer", table="sent"), _MONEY.format(kind="payroll", table="paid")]
    trust = " ".join(f"WHEN '{type_}' THEN {value}" for type_, value in TRUST.items())
    return [
        ("named", _NAMED.format(relation=relation_sql, read=_READ)),
        ("evidence", " UNION ALL ".join(parts)),
        ("edge", _EDGE.format(trust=trust)),
    ]
