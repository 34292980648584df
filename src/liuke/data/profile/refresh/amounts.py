"""SQL steps: what a customer has, month by month, and where the money comes from and goes.

AUM of a day = balances of current, term, debit-card and metal accounts + market values of wealth, fund and insurance
holdings, in the bank's own currency. A past day's balance is today's less the bookings since. With ``net`` the signed
amount of a booking on day k of a month of n days, the month average is: balance at month end − Σ net · (k − 1) / n.
"""

from typing import Final

#: Twelve months up to the as-of day; the last one is cut at that day.
_MONTHS: Final = """
SELECT m::DATE AS month, least(last_day(m::DATE), getvariable('as_of')) AS month_end,
       day(least(last_day(m::DATE), getvariable('as_of'))) AS days
FROM generate_series(date_trunc('month', getvariable('as_of')) - INTERVAL 11 MONTH,
                     date_trunc('month', getvariable('as_of')), INTERVAL 1 MONTH) t(m)"""

_FLOW: Final = """
SELECT l.one_id, l.source, l.account_key, date_trunc('month', d.day)::DATE AS month, sum(d.net) AS net,
       sum(d.net * (day(d.day) - 1)) AS weighted,
       sum(l.amount) FILTER (l.direction = 'in' AND l.name IS DISTINCT FROM 'wealth_redeem') AS inflow,
       sum(l.amount) FILTER (l.direction = 'out' AND l.name IS DISTINCT FROM 'wealth_buy') AS outflow,
       sum(l.amount) FILTER (l.direction = 'in' AND l.name = 'salary') AS salary
FROM ledger l, LATERAL (SELECT (l.moment + INTERVAL 8 HOUR)::DATE AS day,
                               CASE l.direction WHEN 'in' THEN l.amount ELSE -l.amount END AS net) d
WHERE l.kind = 'transaction' AND l.account_kind IN ('current', 'term', 'debit_card', 'metal')
  AND l.currency IS NOT DISTINCT FROM getvariable('currency')
GROUP BY ALL"""

#: Money that stood on an account before its first booking came on the day it was opened.
_OPENING: Final = """
SELECT a.one_id, date_trunc('month', a.opened_on)::DATE AS month, a.balance - coalesce(f.net, 0) AS net,
       (a.balance - coalesce(f.net, 0)) * (day(a.opened_on) - 1) AS weighted
FROM acct a LEFT JOIN (SELECT source, account_key, sum(net) AS net FROM flow GROUP BY ALL) f
    ON f.source = a.source AND f.account_key = a.source_key
WHERE a.deposit AND a.currency = getvariable('currency') AND a.opened_on IS NOT NULL"""

_CHANGE: Final = """
SELECT one_id, month, sum(net) AS net, sum(weighted) AS weighted, sum(inflow) AS inflow, sum(outflow) AS outflow,
       sum(salary) AS salary
FROM (SELECT one_id, month, net, weighted, inflow, outflow, salary FROM flow
      UNION ALL SELECT one_id, month, net, weighted, 0, 0, 0 FROM opening)
WHERE month >= (SELECT min(month) FROM months) GROUP BY ALL"""

_INVESTED: Final = """
SELECT h.one_id, m.month,
       sum(h.market_value) FILTER (h.started <= m.month_end AND h.ends > m.month_end) AS value,
       sum(h.market_value * greatest(0, date_diff('day', greatest(h.started, m.month), least(h.ends, m.month_end + 1)))
           // m.days) AS mean
FROM (SELECT one_id, market_value, coalesce(started_on, DATE '1900-01-01') AS started,
             CASE WHEN held THEN DATE '9999-12-31' ELSE coalesce(matures_on, DATE '1900-01-01') END AS ends
      FROM held WHERE invested AND currency = getvariable('currency')) h, months m
WHERE h.ends > m.month GROUP BY ALL"""

_NOW: Final = """
SELECT s.one_id, coalesce(d.deposits, 0) AS deposits, coalesce(d.metal, 0) + coalesce(h.metal, 0) AS metal,
       coalesce(h.wealth, 0) + coalesce(d.wealth, 0) AS wealth, coalesce(h.funds, 0) + coalesce(d.funds, 0) AS funds,
       coalesce(h.insurance, 0) + coalesce(d.insurance, 0) AS insurance, coalesce(d.loans, 0) AS loans,
       coalesce(d.card_balance, 0) AS card_balance, coalesce(d.credit_limit, 0) AS credit_limit
FROM subject s
LEFT JOIN (
    SELECT one_id, sum(balance) FILTER (kind IN ('current', 'term', 'debit_card')) AS deposits,
           sum(balance) FILTER (kind = 'metal') AS metal, sum(balance) FILTER (kind = 'loan') AS loans,
           sum(balance) FILTER (kind = 'credit_card') AS card_balance,
           sum(credit_limit) FILTER (kind IN ('credit_card', 'loan')) AS credit_limit,
           sum(balance) FILTER (kind = 'wealth' AND bare) AS wealth,
               sum(balance) FILTER (kind = 'fund' AND bare) AS funds,
           sum(balance) FILTER (kind = 'insurance' AND bare) AS insurance
    FROM (SELECT a.*, NOT EXISTS (SELECT 1 FROM held h WHERE h.source = a.source AND h.account_key = a.source_key)
        AS bare
          FROM acct a WHERE a.open AND a.currency = getvariable('currency'))
    GROUP BY one_id) d USING (one_id)
LEFT JOIN (
    SELECT one_id, sum(market_value) FILTER (kind = 'wealth') AS wealth,
           sum(market_value) FILTER (kind = 'fund') AS funds,
           sum(market_value) FILTER (kind = 'insurance') AS insurance,
               sum(market_value) FILTER (kind = 'metal') AS metal
    FROM held WHERE held AND invested AND currency = getvariable('currency') GROUP BY one_id) h USING (one_id)"""

#: One row a customer and month; AUM of the last month is AUM now.
_CURVE: Final = """
SELECT s.one_id, m.month,
       greatest(0, n.deposits + n.metal - coalesce(sum(c.net) OVER later, 0)
           + CASE WHEN m.month_end = getvariable('as_of') THEN n.wealth + n.funds + n.insurance
               ELSE coalesce(i.value, 0) END
       )::BIGINT AS aum,
       greatest(0, n.deposits + n.metal - coalesce(sum(c.net) OVER later, 0) - coalesce(c.weighted, 0) // m.days
           + coalesce(i.mean, 0))::BIGINT AS aum_mavg,
       coalesce(c.inflow, 0)::BIGINT AS inflow, coalesce(c.outflow, 0)::BIGINT AS outflow,
       coalesce(c.salary, 0)::BIGINT AS salary
FROM subject s CROSS JOIN months m JOIN amounts_now n USING (one_id)
LEFT JOIN change c ON c.one_id = s.one_id AND c.month = m.month
LEFT JOIN invested i ON i.one_id = s.one_id AND i.month = m.month
WINDOW later AS (PARTITION BY s.one_id ORDER BY m.month ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"""

_AUM: Final = """
SELECT one_id, arg_max(aum, month) AS aum, arg_max(aum_mavg, month) AS aum_mavg,
       arg_max(aum, month) - max(aum) FILTER (month = date_trunc('month',
           getvariable('as_of')) - INTERVAL 3 MONTH) AS change_3m,
       (sum(salary) FILTER (whole) // 6)::BIGINT AS salary_mean,
           (sum(inflow) FILTER (whole) // 6)::BIGINT AS inflow_mean,
       (sum(outflow) FILTER (whole) // 6)::BIGINT AS outflow_mean
FROM (SELECT *, month < date_trunc('month', getvariable('as_of'))
                AND month >= date_trunc('month', getvariable('as_of')) - INTERVAL 6 MONTH AS whole FROM curve)
GROUP BY one_id"""

_SALARY: Final = """
SELECT one_id, (moment + INTERVAL 8 HOUR)::DATE AS day, sum(amount) AS amount FROM ledger
WHERE kind = 'transaction' AND name = 'salary' AND direction = 'in' AND currency IS NOT DISTINCT
    FROM getvariable('currency')
GROUP BY ALL"""

_SPENT: Final = """
SELECT one_id, (moment + INTERVAL 8 HOUR)::DATE AS day, sum(amount) AS amount FROM ledger
WHERE kind = 'transaction' AND direction = 'out' AND account_kind IN ('current', 'debit_card')
  AND moment >= getvariable('as_of') - INTERVAL 7 MONTH AND currency IS NOT DISTINCT FROM getvariable('currency')
  AND one_id IN (SELECT one_id FROM salary)
GROUP BY ALL"""

#: Share of a salary not yet spent 3 and 7 days after it came, over the salaries of six months that are 7 days old.
_KEPT: Final = """
SELECT one_id, max(day) AS last_salary_on,
       (10000 * sum(greatest(0, amount - out3)) FILTER (old) // nullif(sum(amount) FILTER (old),
           0))::INTEGER AS kept_3d_bp,
       (10000 * sum(greatest(0, amount - out7)) FILTER (old) // nullif(sum(amount) FILTER (old),
           0))::INTEGER AS kept_7d_bp
FROM (SELECT s.one_id, s.day, s.amount, coalesce(sum(o.amount) FILTER (o.day <= s.day + 3), 0) AS out3,
             coalesce(sum(o.amount), 0) AS out7,
             s.day <= getvariable('as_of') - 7 AND s.day > getvariable('as_of') - INTERVAL 6 MONTH AS old
      FROM (SELECT *, unnest(range(1, 8)) AS step FROM salary) s
      LEFT JOIN spent o ON o.one_id = s.one_id AND o.day = s.day + s.step::INTEGER
      GROUP BY s.one_id, s.day, s.amount)
GROUP BY one_id"""

_CATEGORY: Final = """
SELECT one_id, name AS category, direction, sum(amount)::BIGINT AS amount, count(*) AS count FROM ledger
WHERE kind = 'transaction' AND name IS NOT NULL AND currency IS NOT DISTINCT FROM getvariable('currency')
  AND moment >= getvariable('month_from') AND moment < getvariable('month_until')
GROUP BY ALL"""

AMOUNTS: Final = (
    ("months", _MONTHS),
    ("flow", _FLOW),
    ("opening", _OPENING),
    ("change", _CHANGE),
    ("invested", _INVESTED),
    ("amounts_now", _NOW),
    ("curve", _CURVE),
    ("aum", _AUM),
    ("salary", _SALARY),
    ("spent", _SPENT),
    ("kept", _KEPT),
    ("category", _CATEGORY),
)
