"""SQL steps: who the customer is, who looks after them, and at the end everything in one row a customer."""

from typing import Final

from liuke.data.profile.model import AFFLUENT_FROM, HNW_FROM, RISING_SALARY_FROM

#: Records that prove most come first: an 18-digit number before a shorter, any number before none, then the newest.
_TOLD: Final = """
SELECT m.one_id, p.*, row_number() OVER (PARTITION BY m.one_id ORDER BY p.name IS NULL, p.id_no IS NULL,
           length(p.id_no) = 18 DESC, regexp_matches(p.name, '[一-龥]') DESC, p.known_at DESC, p.source,
               p.source_key) AS rank
FROM party_now p JOIN member m USING (source, source_key)"""

_IDENTITY: Final = """
SELECT one_id, coalesce(arg_min(name, rank), '') AS name, list(DISTINCT name ORDER BY name)
       FILTER (name IS NOT NULL) AS names,
       arg_min(kind, rank) AS kind, arg_min(gender, rank) AS gender, arg_min(birth_date, rank) AS birth_date,
       arg_min(concat(province, CASE WHEN city IS DISTINCT FROM province THEN city END, district, address), rank)
           FILTER (address IS NOT NULL) AS address
FROM told GROUP BY one_id"""

_PHONES: Final = """
SELECT one_id, list(phone ORDER BY rank, phone) AS phones
FROM (SELECT one_id, phone, min(rank) AS rank
      FROM (SELECT one_id, rank, regexp_replace(regexp_replace(phone, '[^0-9]', '', 'g'),
          '^(00)?86(1[0-9]{10})$', '\\2') AS phone
            FROM (SELECT one_id, rank, phone FROM told UNION ALL SELECT one_id, rank + 1000000, phone2 FROM told)
            WHERE phone IS NOT NULL)
      WHERE phone <> '' GROUP BY ALL) GROUP BY one_id"""

_NUMBERS: Final = """
SELECT one_id, list([id_type, id_no] ORDER BY rank, id_no) AS id_numbers
FROM (SELECT one_id, id_no, arg_min(coalesce(id_type, 'other'), rank) AS id_type, min(rank) AS rank
      FROM (SELECT one_id, rank, id_type, upper(replace(id_no, ' ', '')) AS id_no FROM told)
      WHERE id_no IS NOT NULL AND id_no <> '' GROUP BY ALL) GROUP BY one_id"""

_RELATION: Final = """
SELECT one_id, arg_max(risk_tolerance, coalesce(risk_assessed_on, risk_valid_until, known_at::DATE)) AS risk_tolerance,
       arg_max(risk_valid_until, coalesce(risk_assessed_on, risk_valid_until, known_at::DATE))
           FILTER (risk_tolerance IS NOT NULL) AS risk_valid_until,
       arg_max(branch_no, (opened_on, source_key)) FILTER (branch_no IS NOT NULL) AS served_branch
FROM served GROUP BY one_id"""

#: The assignment told by the CRM first, else by any system; the newest word counts.
_ASSIGNED: Final = """
SELECT one_id, arg_max(rm_no, (source = 'crm', known_at, source, source_key)) AS rm_no,
       arg_max(branch_no, (source = 'crm', known_at, source, source_key)) AS branch_no
FROM served WHERE rm_no IS NOT NULL AND closed_on IS NULL GROUP BY one_id"""

HOME_SQL: Final = """
SELECT s.one_id, a.rm_no, coalesce(a.branch_no, f.branch_no, d.account_branch, r.served_branch, '') AS branch_no
FROM subject s LEFT JOIN assigned a USING (one_id) LEFT JOIN accounts_doc d USING (one_id)
LEFT JOIN relation_of r USING (one_id)
LEFT JOIN (SELECT staff_no, arg_max(branch_no, known_at) AS branch_no FROM staff_now GROUP BY staff_no) f
    ON f.staff_no = a.rm_no
ORDER BY s.one_id"""

_HOLDS: Final = """
SELECT one_id, list(DISTINCT kind ORDER BY kind) AS holds
FROM (SELECT one_id, kind FROM acct WHERE open
      UNION ALL SELECT one_id, kind FROM held WHERE held AND kind IN ('wealth', 'fund', 'insurance',
          'metal')) GROUP BY one_id"""

_WIDE: Final = f"""
SELECT s.one_id, coalesce(i.kind, 'person') AS kind, h.branch_no, coalesce(b.name, h.branch_no) AS branch_name,
       h.branch_path,
       h.rm_no, coalesce(f.name, '') AS rm_name, getvariable('as_of') AS as_of, getvariable('currency') AS currency,
       CASE WHEN u.aum > {HNW_FROM} THEN 'hnw' WHEN u.aum >= {AFFLUENT_FROM} THEN 'affluent'
            WHEN u.salary_mean >= {RISING_SALARY_FROM} THEN 'rising' ELSE 'mass' END AS tier,
       u.aum, u.aum_mavg, coalesce(u.change_3m, 0) AS change_3m, n.deposits, n.wealth, n.funds, n.insurance, n.metal,
           n.loans,
       n.card_balance, n.credit_limit, r.risk_tolerance, r.risk_valid_until, x.next_maturity_on,
       coalesce(x.next_maturity_amount, 0) AS next_maturity_amount, coalesce(k.holds, []) AS holds, l.last_contact_at,
       l.last_login_at, coalesce(c.open_complaints, 0) AS open_complaints, coalesce(o.source_count, 0) AS source_count,
       CASE WHEN NOT e THEN i.gender END AS gender,
       {{'name': coalesce(i.name, ''), 'names': coalesce(i.names, []), 'phones': coalesce(p.phones, []),
         'id_numbers': coalesce(z.id_numbers, []), 'address': i.address, 'birth_date': i.birth_date}} AS person,
       coalesce(a.accounts, '[]') AS accounts, coalesce(g.holdings, '[]') AS holdings, coalesce(m.monthly,
           '[]') AS monthly,
       coalesce(cf.cash_flow, 'null') AS cash_flow,
       CASE WHEN e THEN '[]' ELSE coalesce(t.timeline, '[]') END AS timeline,
       coalesce(v.behaviour, 'null') AS behaviour, CASE WHEN e THEN '[]' ELSE coalesce(q.relations,
           '[]') END AS relations,
       coalesce(o.sources, '[]') AS sources, CASE WHEN e THEN '[]' ELSE coalesce(c.interactions,
           '[]') END AS interactions,
       CASE WHEN e THEN '[]' ELSE coalesce(c.complaints, '[]') END AS complaints,
       coalesce(q.related, []) AS related,
       (SELECT list((d.place, d.product_no, d.product_name, d.kind, d.amount, d.matures_on) ORDER BY d.place) FROM due d
        WHERE d.one_id = s.one_id) AS due
FROM subject s CROSS JOIN LATERAL (SELECT s.one_id IN (SELECT one_id FROM erased) AS e)
JOIN home h USING (one_id) JOIN aum u USING (one_id) JOIN amounts_now n USING (one_id)
LEFT JOIN identity_of i USING (one_id) LEFT JOIN phones p USING (one_id) LEFT JOIN numbers z USING (one_id)
LEFT JOIN relation_of r USING (one_id) LEFT JOIN next_due x USING (one_id) LEFT JOIN holds k USING (one_id)
LEFT JOIN last l USING (one_id) LEFT JOIN conversations_doc c USING (one_id) LEFT JOIN sources_doc o USING (one_id)
LEFT JOIN accounts_doc a USING (one_id) LEFT JOIN holdings_doc g USING (one_id) LEFT JOIN monthly_doc m USING (one_id)
LEFT JOIN cash_flow_doc cf USING (one_id) LEFT JOIN timeline_doc t USING (one_id) LEFT
    JOIN behaviour_doc v USING (one_id)
LEFT JOIN relations_doc q USING (one_id)
LEFT JOIN (SELECT branch_no, arg_max(name, known_at) AS name FROM branch_now GROUP BY branch_no) b
    ON b.branch_no = h.branch_no
LEFT JOIN (SELECT staff_no, arg_max(name, known_at) AS name FROM staff_now GROUP BY staff_no) f
    ON f.staff_no = h.rm_no"""

#: Everything a row says, as one number: equal numbers mean that nothing changed.
FINGERPRINTED_SQL: Final = "SELECT *, hash(wide) AS fingerprint FROM wide"

PEOPLE: Final = (
    ("told", _TOLD),
    ("identity_of", _IDENTITY),
    ("phones", _PHONES),
    ("numbers", _NUMBERS),
    ("relation_of", _RELATION),
    ("assigned", _ASSIGNED),
    ("holds", _HOLDS),
)
WIDE: Final = (("wide", _WIDE),)
