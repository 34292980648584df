"""Take over what the sources say of buyers: tolerance, what they hold, whether they bought before, year of birth."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import TextClause, func, select, text

from liuke.data import profile
from liuke.guard.suitability import store
from liuke.guard.suitability.model import TolerancesTakenOver
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.records import WriteHandle

#: Customers in one transaction.
_STEP: Final = 50_000
_BIRTHS: Final = 5_000

#: What one customer ``p`` holds, from the page's holdings; the higher of the grades counts.
_HELD: Final = """
    SELECT h ->> 'product_no' AS product_no, (h ->> 'market_value')::bigint AS value,
           (h ->> 'status') IS DISTINCT FROM 'closed' AND (h ->> 'status') IS DISTINCT FROM 'redeemed' AS held,
           (h ->> 'kind') = ANY (:kinds) AS graded,
           greatest(substr(h ->> 'risk', 2)::int, g.issuer, g.distributor) AS grade
    FROM json_array_elements(p.holdings) AS h
    LEFT JOIN product_grade g ON g.product_no = h ->> 'product_no' AND g.state = 'live'"""

#: Customer by customer (LATERAL), so that the time is linear even before the planner knows how many there are.
_BUYERS: Final = f"""
INSERT INTO investor AS i (one_id, tolerance, origin, assessed_on, valid_until, company, birth_year, experienced, aum,
                           high_risk_held, insists, changed_at)
SELECT p.one_id, substr(p.risk_tolerance, 2)::smallint,
       CASE WHEN p.risk_tolerance IS NULL THEN 'none' ELSE 'source' END, NULL, p.risk_valid_until, p.kind = 'company',
       NULL, coalesce(h.experienced, false), p.aum, coalesce(h.high_risk, 0), false, :now
FROM people p CROSS JOIN LATERAL (
    SELECT bool_or(x.graded) AS experienced,
           coalesce(sum(x.value) FILTER (WHERE x.held AND x.grade >= :high_from), 0)::bigint AS high_risk
    FROM ({_HELD}) x) h
ON CONFLICT (one_id) DO UPDATE SET
    aum = excluded.aum, company = excluded.company, high_risk_held = excluded.high_risk_held,
    experienced = i.experienced OR excluded.experienced, changed_at = excluded.changed_at,
    (tolerance, origin, assessed_on, valid_until) = (SELECT
        CASE WHEN t.newer THEN excluded.tolerance ELSE i.tolerance END,
        CASE WHEN t.newer THEN excluded.origin ELSE i.origin END,
        CASE WHEN t.newer THEN NULL ELSE i.assessed_on END,
        CASE WHEN t.newer THEN excluded.valid_until ELSE i.valid_until END
        FROM (SELECT i.origin <> 'paper' OR (excluded.tolerance IS NOT NULL
                     AND excluded.valid_until > i.valid_until) AS newer) t)"""

_POSITIONS: Final = f"""
INSERT INTO investor_position (product_no, one_id, held)
SELECT x.product_no, p.one_id, sum(x.value)::bigint FROM people p CROSS JOIN LATERAL ({_HELD}) x
WHERE x.held AND x.product_no IS NOT NULL AND x.value IS NOT NULL GROUP BY x.product_no, p.one_id"""

_FORGET_POSITIONS: Final = text("DELETE FROM investor_position WHERE one_id > :after AND one_id <= :until")


def take_over(
    bank: Bank, actor: Actor, *, report: Callable[[float, str], None] = lambda _fraction, _phrase: None
) -> int:
    """Bring every buyer up to date with the customers' pages; returns how many customers there are.

    An assessment made here stays until the source's own is valid longer. A span of customers is one transaction.
    """
    with bank.read(actor) as tx:
        known = profile.facts.rows().subquery()
        last = int(tx.value(select(func.coalesce(func.max(known.c.one_id), 0))))
        rules = store.policy(tx)
    total = 0
    for after in range(0, last, _STEP):
        values: dict[str, Any] = {"after": after, "until": after + _STEP, "kinds": list(rules.kinds)}
        with bank.write(actor) as tx:
            total += _take(tx, values | {"high_from": rules.high_risk_from_grade, "now": tx.clock.now()})
        report(0.9 * min(1.0, (after + _STEP) / last), "更新投资者")
    _births(bank, actor)
    with bank.write(actor) as tx:
        tx.emit(TolerancesTakenOver(customers=total))
    report(1.0, "完成")
    return total


def _take(tx: WriteHandle, values: dict[str, Any]) -> int:
    tx.execute(_FORGET_POSITIONS, {"after": values["after"], "until": values["until"]})
    done = tx.execute(_with_people(tx, _BUYERS), values)
    used = {name: values[name] for name in ("after", "until", "kinds")}
    tx.execute(_with_people(tx, _POSITIONS), used)
    return done


def _with_people(tx: WriteHandle, statement: str) -> TextClause:
    """The statement over the customers of a span of numbers, ``people``."""
    known = profile.facts.rows().compile(dialect=tx.connection.dialect)
    people = f"people AS (SELECT * FROM ({known}) AS f WHERE f.one_id > :after AND f.one_id <= :until)"
    return text(f"WITH {people} {statement.strip()}")


def _births(bank: Bank, actor: Actor) -> None:
    """Keep the year of birth of persons whose page tells it; the day and month stay sealed."""
    after = 0
    while True:
        with bank.write(actor) as tx:
            years = profile.facts.birth_years(tx, bank.keys, after=after, limit=_BIRTHS)
            if not years:
                return
            store.set_birth_years(tx, years)
            after = years[-1][0]
