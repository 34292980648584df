"""SQL steps: how money moves between our own customers."""

from typing import Final

#: Months of bookings looked at.
MONTHS: Final = 12
#: Transfers in that time below which two customers are no relation.
FEWEST: Final = 2

_ACCOUNT: Final = """
SELECT m.one_id, a.source, a.source_key, coalesce(a.account_no, a.source_key) AS account_no
FROM ({account}) a JOIN member m ON m.source = a.source AND m.source_key = a.party_key"""

#: The payer's side of a booking tells the whole transfer; the other side would count it twice.
_MOVED: Final = """
SELECT a.one_id, o.one_id AS other_id, t.category, t.amount, t.event_time
FROM ({transaction}) t JOIN account_of a ON a.source = t.source AND a.source_key = t.account_key
JOIN (SELECT account_no, min(one_id) AS one_id FROM account_of GROUP BY account_no HAVING count(DISTINCT one_id) = 1) o
    ON o.account_no = t.counterparty_account
WHERE t.event_time >= getvariable('until') - INTERVAL {months} MONTH AND t.event_time < getvariable('until')
  AND ((t.category = 'transfer' AND t.direction = 'out') OR (t.category = 'salary' AND t.direction = 'in'))"""

_SENT: Final = """
SELECT one_id AS left_id, other_id AS right_id, count(*) AS count, sum(amount)::BIGINT AS amount,
       max((event_time + INTERVAL 8 HOUR)::DATE) AS last_on
FROM moved WHERE category = 'transfer' AND one_id <> other_id GROUP BY ALL HAVING count(*) >= {fewest}"""

_PAID: Final = """
SELECT one_id AS left_id, other_id AS right_id, count(*) AS count, sum(amount)::BIGINT AS amount,
       max((event_time + INTERVAL 8 HOUR)::DATE) AS last_on
FROM moved JOIN who f ON f.one_id = other_id AND f.firm
WHERE category = 'salary' GROUP BY ALL"""


def steps(account_sql: str, transaction_sql: str) -> list[tuple[str, str]]:
    """Tables account_of, moved, sent (transfers from customer to customer) and paid (salaries from a firm)."""
    return [
        ("account_of", _ACCOUNT.format(account=account_sql)),
        ("moved", _MOVED.format(transaction=transaction_sql, months=MONTHS)),
        ("sent", _SENT.format(fewest=FEWEST)),
        ("paid", _PAID.replace("SELECT one_id AS", "SELECT moved.one_id AS")),
    ]
