"""SQL steps from the canonical tables to what was known on a day, each row with its customer.

Every step is a name and a query (DuckDB); a step may read the steps before it. Variables: ``as_of`` (DATE), ``until``
(TIMESTAMPTZ, the end of that day in Shanghai), ``currency`` (the bank's own). Nothing later than ``until`` is read.
"""

from typing import Final

#: Tables of which the latest row of each key holds.
_SNAPSHOTS: Final = ("party", "customer", "account", "holding", "relation", "product", "branch", "staff")
#: Tables in which every row is an event of its own, seldom corrected.
_FACTS: Final = ("transaction", "behaviour", "interaction", "touch")

_SNAPSHOT: Final = """
SELECT * FROM "{name}" WHERE known_at <= getvariable('until')
QUALIFY row_number() OVER (PARTITION BY source, source_key ORDER BY known_at DESC, revision DESC, row_hash) = 1"""

_CORRECTED: Final = """
SELECT * FROM "{name}" WHERE revision > 0 AND known_at <= getvariable('until')
QUALIFY row_number() OVER (PARTITION BY source, source_key ORDER BY known_at DESC, revision DESC, row_hash) = 1"""

_FACT: Final = """
SELECT * FROM (
    SELECT * FROM "{name}" ANTI JOIN {name}_corrected USING (source, source_key)
    WHERE revision = 0 AND known_at <= getvariable('until')
    UNION ALL BY NAME SELECT * FROM {name}_corrected)
WHERE event_time < getvariable('until')"""

_SHELF: Final = """
SELECT product_no, arg_max(name, known_at) AS name, arg_max(kind, known_at) AS kind, arg_max(risk, known_at) AS risk
FROM product_now GROUP BY product_no"""

#: What a customer owes is told by kind; what a firm settles by product is told by the shelf.
_ACCT: Final = """
SELECT m.one_id, a.source, a.source_key, coalesce(a.account_no, a.source_key) AS account_no, a.kind, a.product_no,
       a.branch_no, coalesce(a.currency, getvariable('currency')) AS currency, a.opened_on, a.closed_on, a.status,
       a.balance, a.available, a.credit_limit, a.rate_bp,
       a.kind IN ('current', 'term', 'debit_card', 'metal') AS deposit,
       (a.status IS DISTINCT FROM 'closed' AND a.closed_on IS NULL) AS open
FROM account_now a JOIN member m ON m.source = a.source AND m.source_key = a.party_key"""

_RELATION_OF: Final = """
SELECT m.one_id, c.* EXCLUDE (known_at), c.known_at
FROM customer_now c JOIN member m ON m.source = c.source AND m.source_key = c.party_key"""

_SUBJECT: Final = "SELECT one_id FROM served UNION SELECT one_id FROM acct"

_HELD: Final = """
SELECT m.one_id, h.source, h.source_key, h.account_key, h.product_no, s.name AS product_name,
       coalesce(s.kind, a.kind) AS kind, s.risk, coalesce(h.currency, getvariable('currency')) AS currency, h.units,
       h.cost, coalesce(h.market_value, h.cost, 0) AS market_value, h.started_on, h.matures_on, h.status, h.rate_bp,
       h.status IS DISTINCT FROM 'ended' AND (h.matures_on IS NULL OR h.matures_on >= getvariable('as_of')) AS held,
       coalesce(s.kind, a.kind) IN ('wealth', 'fund', 'insurance') OR (s.kind = 'metal' AND a.source_key IS NULL)
           AS invested
FROM holding_now h
LEFT JOIN account_now a ON a.source = h.source AND a.source_key = h.account_key
JOIN member m ON m.source = h.source AND m.source_key = coalesce(h.party_key, a.party_key)
LEFT JOIN shelf s ON s.product_no = h.product_no"""

#: Balances told only by bookings (an account file without balances): the balance after the latest one.
_LAST_BALANCE: Final = """
SELECT t.source, t.account_key AS source_key, arg_max(t.balance_after, (t.event_time, t.source_key)) AS balance
FROM transaction_now t SEMI JOIN (SELECT * FROM acct WHERE balance IS NULL) a
    ON a.source = t.source AND a.source_key = t.account_key
WHERE t.balance_after IS NOT NULL GROUP BY ALL"""

_ACCT_FULL: Final = """
SELECT a.* REPLACE (coalesce(a.balance, b.balance, 0) AS balance)
FROM acct a LEFT JOIN last_balance b USING (source, source_key)"""

#: The ledger, unsorted. Only logins and looks at products are told of the mobile bank, not every click.
LEDGER_SQL: Final = """
SELECT a.one_id, t.event_time AS moment, 'transaction' AS kind, t.source, t.source_key, right(a.account_no,
       4) AS account_tail,
       t.account_key, a.kind AS account_kind, t.channel, t.category AS name, NULL::VARCHAR AS product_no,
           NULL::VARCHAR AS product_name,
       t.direction, t.amount, t.balance_after, t.currency, t.counterparty_name, NULL::VARCHAR AS staff_no,
           t.summary AS text
FROM transaction_now t JOIN acct a ON a.source = t.source AND a.source_key = t.account_key
UNION ALL
SELECT m.one_id, b.event_time, CASE b.name WHEN 'login' THEN 'login' ELSE 'view' END, b.source, b.source_key, NULL,
       NULL, NULL,
       b.channel, b.page, b.product_no, s.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM behaviour_now b JOIN member m ON m.source = b.source AND m.source_key = b.party_key
LEFT JOIN shelf s ON s.product_no = b.product_no
WHERE b.name = 'login' OR (b.name = 'view' AND b.product_no IS NOT NULL)
UNION ALL
SELECT m.one_id, i.event_time, i.kind, i.source, i.source_key, NULL, NULL, NULL, i.channel, i.topic, NULL, NULL,
       NULL, NULL, NULL,
       NULL, NULL, i.staff_no, i.text
FROM interaction_now i JOIN member m ON m.source = i.source AND m.source_key = i.party_key
UNION ALL
SELECT m.one_id, t.event_time, 'touch', t.source, t.source_key, NULL, NULL, NULL, t.channel, t.result, NULL, NULL,
       NULL, NULL, NULL,
       NULL, NULL, t.staff_no, t.content_no
FROM touch_now t JOIN member m ON m.source = t.source AND m.source_key = t.party_key"""

#: Steps that become tables, because several later steps read them.
PRESENT: Final = (
    *((f"{name}_now", _SNAPSHOT.format(name=name)) for name in _SNAPSHOTS),
    *((f"{name}_corrected", _CORRECTED.format(name=name)) for name in _FACTS),
)
#: Steps that stay queries: the large tables are read where they are used.
VIEWS: Final = tuple((f"{name}_now", _FACT.format(name=name)) for name in _FACTS)
CUSTOMERS: Final = (
    ("shelf", _SHELF),
    ("acct_told", _ACCT),
    ("last_balance", _LAST_BALANCE.replace("FROM acct ", "FROM acct_told ")),
    ("acct", _ACCT_FULL.replace("FROM acct a", "FROM acct_told a")),
    ("served", _RELATION_OF),
    ("subject", _SUBJECT),
    ("held", _HELD),
)
