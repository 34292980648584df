"""SQL steps: every pair of parties that some evidence speaks for, with all that is known of the pair."""

from typing import Final

#: Evidence that brings two people before the weighing. Transfers alone do so from this many in twelve months on.
MANY: Final = 4

_FAMILY: Final = f"""
SELECT left_id, right_id, max(kin) AS kin, max(address) AS address, max(phone) AS phone, max(device) AS device,
       max(borrower) AS borrower, max(holder) AS holder, max(there) AS there, max(back) AS back
FROM (
    SELECT least(left_id, right_id) AS left_id, greatest(left_id, right_id) AS right_id,
           (kind IN ('spouse', 'parent', 'kin'))::INTEGER AS kin, 0 AS address, 0 AS phone, 0 AS device,
           (kind = 'co_borrower')::INTEGER AS borrower, (kind = 'joint_holder')::INTEGER AS holder, 0 AS there,
           0 AS back
    FROM told_edge WHERE kind IN ('spouse', 'parent', 'kin', 'co_borrower', 'joint_holder')
    UNION ALL SELECT left_id, right_id, 0, shared, 0, 0, 0, 0, 0, 0 FROM address_pair
    UNION ALL SELECT left_id, right_id, 0, 0, shared, 0, 0, 0, 0, 0 FROM phone_pair
    UNION ALL SELECT left_id, right_id, 0, 0, 0, shared, 0, 0, 0, 0 FROM device_pair
    UNION ALL SELECT least(left_id, right_id), greatest(left_id, right_id), 0, 0, 0, 0, 0, 0,
                     CASE WHEN left_id < right_id THEN count ELSE 0 END, CASE WHEN left_id < right_id THEN 0 ELSE count
                     END
              FROM sent)
GROUP BY left_id, right_id
HAVING max(kin) + max(address) + max(phone) + max(device) + max(borrower) + max(holder) > 0
    OR max(there) + max(back) >= {MANY}"""

_ABOUT: Final = """
SELECT p.*, (a.surname IN (b.surname, b.other_surname) OR a.other_surname IN (b.surname, b.other_surname)) AS surname,
       abs(a.born - b.born) AS gap, a.gender <> b.gender AS couple,
       (x.one_id IS NOT NULL AND y.one_id IS NOT NULL AND p.address = 0) AS elsewhere
FROM family_pair p JOIN who a ON a.one_id = p.left_id AND NOT a.firm JOIN who b ON b.one_id = p.right_id AND NOT b.firm
LEFT JOIN (SELECT DISTINCT one_id FROM address) x ON x.one_id = p.left_id
LEFT JOIN (SELECT DISTINCT one_id FROM address) y ON y.one_id = p.right_id"""

#: Who directs or owns a firm; a share below a quarter gives no say. Source: 银发〔2017〕235号, beneficial owners.
_OWNING: Final = """
SELECT left_id, right_id, bool_or(kind = 'legal_rep') AS legal_rep, max(share_bp) AS share_bp
FROM told_edge WHERE kind IN ('legal_rep', 'shareholder')
GROUP BY left_id, right_id HAVING legal_rep OR share_bp IS NULL OR share_bp >= 2500"""

#: What sources told and people confirmed, still valid, with what people denied left out.
_TOLD: Final = """
SELECT left_id, right_id, kind, max(share_bp) AS share_bp FROM (
    SELECT left_id, right_id, kind, share_bp FROM evidence
    WHERE type = 'registered' AND (valid_to IS NULL OR valid_to >= getvariable('as_of'))
      AND (valid_from IS NULL OR valid_from <= getvariable('as_of'))
    UNION ALL SELECT left_id, right_id, kind, NULL FROM by_people WHERE NOT denied)
ANTI JOIN (SELECT left_id, right_id, kind FROM by_people WHERE denied) USING (left_id, right_id, kind)
GROUP BY left_id, right_id, kind"""

STEPS: Final = (
    ("told_edge", _TOLD),
    ("family_pair", _FAMILY),
    ("family_about", _ABOUT),
    ("owning", _OWNING),
)
