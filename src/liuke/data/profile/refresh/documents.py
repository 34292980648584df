"""SQL steps: the parts of the 360 page, each as JSON in the shape of the wire, one row a customer.

Lists have a fixed order, so that the same facts always give the same bytes.
"""

from typing import Final

#: How many entries of the timeline and of the conversations stand on the page.
LATEST: Final = 50

_WHEN: Final = "strftime({at}, '%Y-%m-%dT%H:%M:%SZ')"


def _at(column: str) -> str:
    return _WHEN.format(at=column)


_ACCOUNTS: Final = """
SELECT one_id, to_json(list({'source': a.source, 'account_no': right(a.account_no, 4), 'kind': a.kind,
    'product_no': a.product_no, 'product_name': s.name, 'branch_no': a.branch_no, 'currency': a.currency,
    'status': a.status, 'opened_on': a.opened_on, 'closed_on': a.closed_on, 'balance': a.balance,
    'available': a.available, 'credit_limit': a.credit_limit, 'rate_bp': a.rate_bp}
    ORDER BY a.open DESC, a.balance DESC, a.source, a.source_key))::VARCHAR AS accounts,
    arg_max(a.branch_no, a.balance) FILTER (a.branch_no IS NOT NULL) AS account_branch
FROM acct a LEFT JOIN shelf s ON s.product_no = a.product_no GROUP BY one_id"""

_HOLDINGS: Final = """
SELECT one_id, to_json(list({'source': source, 'product_no': product_no, 'product_name': product_name, 'kind': kind,
    'risk': risk, 'currency': currency, 'units': units::VARCHAR, 'cost': cost, 'market_value': market_value,
    'started_on': started_on, 'matures_on': matures_on, 'status': status, 'rate_bp': rate_bp}
    ORDER BY held DESC, market_value DESC, source, source_key))::VARCHAR AS holdings
FROM (SELECT * FROM held WHERE held OR matures_on >= getvariable('as_of') - INTERVAL 12 MONTH) GROUP BY one_id"""

_MONTHLY: Final = """
SELECT one_id, to_json(list({'month': month, 'aum': aum, 'aum_mavg': aum_mavg, 'inflow': inflow, 'outflow': outflow,
    'salary': salary} ORDER BY month))::VARCHAR AS monthly
FROM curve GROUP BY one_id HAVING bool_or(aum <> 0 OR inflow <> 0 OR outflow <> 0)"""

_CASH_FLOW: Final = """
SELECT a.one_id, to_json({'salary_mean': a.salary_mean, 'inflow_mean': a.inflow_mean, 'outflow_mean': a.outflow_mean,
    'last_salary_on': k.last_salary_on, 'kept_3d_bp': k.kept_3d_bp, 'kept_7d_bp': k.kept_7d_bp,
    'categories': coalesce(c.categories, [])})::VARCHAR AS cash_flow
FROM aum a LEFT JOIN kept k USING (one_id) LEFT JOIN (
    SELECT one_id, list({'category': category, 'direction': direction, 'amount': amount, 'count': count}
                        ORDER BY amount DESC, category, direction) AS categories FROM category
                            GROUP BY one_id) c USING (one_id)
WHERE a.inflow_mean > 0 OR a.outflow_mean > 0 OR c.one_id IS NOT NULL"""

#: When the last entry that is shown happened, so that only rows since then are put in order.
_RECENT: Final = f"SELECT one_id, list_last(max(moment, {LATEST})) AS since FROM ledger GROUP BY one_id"

_TIMELINE: Final = f"""
SELECT one_id, '[' || string_agg(told, ',' ORDER BY place) || ']' AS timeline FROM (
    SELECT l.one_id, row_number() OVER newest AS place, to_json({{'id': l.source || '-' || l.source_key,
           'at': {_at("l.moment")},
        'kind': l.kind, 'source': l.source, 'channel': l.channel, 'name': l.name, 'product_no': l.product_no,
        'product_name': l.product_name, 'direction': l.direction, 'amount': l.amount, 'currency': l.currency,
        'staff_no': l.staff_no, 'text': l.text}})::VARCHAR AS told
    FROM ledger l JOIN recent r ON r.one_id = l.one_id AND l.moment >= r.since
    WINDOW newest AS (PARTITION BY l.one_id ORDER BY l.moment DESC, l.source DESC, l.source_key DESC)
    QUALIFY row_number() OVER newest <= {LATEST})
GROUP BY one_id"""

_SEEN: Final = """
SELECT m.one_id, b.session_id, b.name, b.page, b.product_no, b.event_time AS moment, coalesce(b.seconds, 0) AS seconds,
       hour(b.event_time + INTERVAL 8 HOUR) AS hour, b.event_time >= getvariable('until') - INTERVAL 30 DAY AS recent
FROM behaviour_now b JOIN member m ON m.source = b.source AND m.source_key = b.party_key
WHERE b.event_time >= getvariable('until') - INTERVAL 90 DAY"""

_PAGES: Final = """
SELECT one_id, list({'page': page, 'views': views, 'seconds': seconds} ORDER BY views DESC, seconds DESC,
       page)[:8] AS pages
FROM (SELECT one_id, page, count(*) AS views, sum(seconds)::BIGINT AS seconds FROM seen
      WHERE name = 'view' AND page IS NOT NULL GROUP BY ALL) GROUP BY one_id"""

_LOOKED: Final = """
SELECT one_id, product_no, s.name AS product_name, s.risk, count(*) AS views, sum(seconds)::BIGINT AS seconds
FROM seen LEFT JOIN shelf s USING (product_no) WHERE product_no IS NOT NULL AND seen.name IN ('view',
    'click') GROUP BY ALL"""

_PRODUCTS: Final = """
SELECT one_id, list({'product_no': product_no, 'product_name': product_name, 'risk': risk, 'views': views,
       'seconds': seconds}
                    ORDER BY views DESC, seconds DESC, product_no)[:8] AS products
FROM looked GROUP BY one_id"""

_RISKS: Final = """
SELECT one_id, list({'risk': risk, 'views': views} ORDER BY risk) AS risks
FROM (SELECT one_id, risk, sum(views)::BIGINT AS views FROM looked WHERE risk IS NOT NULL GROUP BY ALL)
    GROUP BY one_id"""

_SESSIONS: Final = """
SELECT one_id, count(*) FILTER (recent) AS sessions_30d, count(*) AS sessions,
       [count(*) FILTER (hour = 0), count(*) FILTER (hour = 1), count(*) FILTER (hour = 2), count(*) FILTER (hour = 3),
        count(*) FILTER (hour = 4), count(*) FILTER (hour = 5), count(*) FILTER (hour = 6), count(*) FILTER (hour = 7),
        count(*) FILTER (hour = 8), count(*) FILTER (hour = 9), count(*) FILTER (hour = 10),
            count(*) FILTER (hour = 11),
        count(*) FILTER (hour = 12), count(*) FILTER (hour = 13), count(*) FILTER (hour = 14),
            count(*) FILTER (hour = 15),
        count(*) FILTER (hour = 16), count(*) FILTER (hour = 17), count(*) FILTER (hour = 18),
            count(*) FILTER (hour = 19),
        count(*) FILTER (hour = 20), count(*) FILTER (hour = 21), count(*) FILTER (hour = 22),
            count(*) FILTER (hour = 23)]
       AS hours
FROM (SELECT one_id, arg_min(hour, moment) AS hour, bool_or(recent) AS recent
      FROM seen WHERE session_id IS NOT NULL GROUP BY one_id, session_id) GROUP BY one_id"""

#: The two hours (8 to 22 o'clock, when one may call) with most sessions; told from eight sessions on.
_BEST: Final = """
SELECT one_id, max_by({'hour': h, 'share_bp': (10000 * (hours[h + 1] + hours[h + 2]) // sessions)::INTEGER},
                      (hours[h + 1] + hours[h + 2]) * 100 - h) AS best_hour
FROM (SELECT one_id, hours, sessions, unnest(range(8, 21)) AS h FROM sessions WHERE sessions >= 8) GROUP BY one_id"""

_BEHAVIOUR: Final = """
SELECT n.one_id, to_json({'sessions_30d': coalesce(z.sessions_30d, 0), 'logins_30d': n.logins_30d,
       'views_90d': n.views_90d,
    'pages': coalesce(p.pages, []), 'products': coalesce(q.products, []), 'risks': coalesce(r.risks, []),
    'hours': coalesce(z.hours, list_resize([0], 24, 0)), 'best_hour': b.best_hour})::VARCHAR AS behaviour
FROM (SELECT one_id, count(*) FILTER (name = 'login' AND recent) AS logins_30d,
    count(*) FILTER (name = 'view') AS views_90d
      FROM seen GROUP BY one_id) n
LEFT JOIN sessions z USING (one_id) LEFT JOIN pages p USING (one_id) LEFT JOIN products q USING (one_id)
LEFT JOIN risks r USING (one_id) LEFT JOIN best b USING (one_id)"""

#: A relation told by several systems is one; the other party's name is added when the page is read.
_RELATED: Final = """
SELECT m.one_id, r.kind, o.one_id AS other, min(r.source) AS source, max((r.share * 100)::INTEGER) AS share_bp,
       min(r.valid_from) AS valid_from, max(r.valid_to) AS valid_to, min(r.evidence) AS evidence
FROM relation_now r JOIN member m ON m.source = r.source AND m.source_key = r.party_key
LEFT JOIN all_member o ON o.source = r.other_source AND o.source_key = r.other_key
WHERE o.one_id IS DISTINCT FROM m.one_id
GROUP BY m.one_id, r.kind, o.one_id, CASE WHEN o.one_id IS NULL THEN r.source_key END"""

_RELATIONS: Final = """
SELECT one_id, to_json(list({'one_id': other, 'kind': kind, 'source': source, 'share_bp': share_bp,
       'valid_from': valid_from,
    'valid_to': valid_to, 'evidence': evidence} ORDER BY kind, other, source, evidence))::VARCHAR AS relations,
    coalesce(list(DISTINCT other ORDER BY other) FILTER (other IS NOT NULL), []) AS related
FROM related GROUP BY one_id"""

_SOURCES: Final = f"""
SELECT one_id, to_json(list({{'source': source, 'source_key': source_key, 'opened_on': opened_on, 'accounts': accounts,
    'known_at': {_at("known_at")}}} ORDER BY source, source_key))::VARCHAR AS sources,
    count(DISTINCT source) AS source_count
FROM (SELECT m.one_id, m.source, m.source_key, min(c.opened_on) AS opened_on, max(coalesce(c.known_at,
    p.known_at)) AS known_at,
             max(coalesce(n.accounts, 0)) AS accounts
      FROM member m LEFT JOIN party_now p USING (source, source_key)
      LEFT JOIN customer_now c ON c.source = m.source AND c.party_key = m.source_key
      LEFT JOIN (SELECT source, party_key, count(*) AS accounts FROM account_now GROUP BY ALL) n
          ON n.source = m.source AND n.party_key = m.source_key
      WHERE p.source IS NOT NULL OR c.source IS NOT NULL GROUP BY ALL) GROUP BY one_id"""

_SAID: Final = f"""
SELECT m.one_id, i.kind, i.event_time AS moment, i.status, {{'id': i.source || '-' || i.source_key,
       'at': {_at("i.event_time")},
    'kind': i.kind, 'source': i.source, 'channel': i.channel, 'staff_no': i.staff_no, 'topic': i.topic,
    'sentiment': i.sentiment, 'status': i.status, 'resolved_at': {_at("i.resolved_at")}, 'text': i.text}} AS said
FROM interaction_now i JOIN member m ON m.source = i.source AND m.source_key = i.party_key"""

_CONVERSATIONS: Final = f"""
SELECT one_id,
    to_json(list(said ORDER BY moment DESC, said.id) FILTER (kind <> 'complaint')[:{LATEST}])::VARCHAR AS interactions,
    to_json(list(said ORDER BY moment DESC, said.id) FILTER (kind = 'complaint')[:{LATEST}])::VARCHAR AS complaints,
    count(*) FILTER (kind = 'complaint' AND status IS DISTINCT FROM 'closed') AS open_complaints
FROM said GROUP BY one_id"""

_LAST: Final = """
SELECT one_id, max(moment) FILTER (kind IN ('call', 'visit', 'chat', 'complaint', 'touch')) AS last_contact_at,
       max(moment) FILTER (kind = 'login') AS last_login_at
FROM ledger WHERE kind NOT IN ('transaction', 'view') GROUP BY one_id"""

_DUE: Final = """
SELECT one_id, row_number() OVER (PARTITION BY one_id ORDER BY matures_on, market_value DESC, source,
       source_key) AS place,
       coalesce(product_no, '') AS product_no, coalesce(product_name, product_no, '') AS product_name,
       coalesce(kind, 'deposit') AS kind, market_value AS amount, matures_on
FROM held WHERE held AND matures_on IS NOT NULL AND matures_on <= getvariable('as_of') + INTERVAL 10 YEAR
  AND kind IS DISTINCT FROM 'loan' AND market_value > 0 AND currency = getvariable('currency')"""

_NEXT: Final = """
SELECT one_id, min(matures_on) AS next_maturity_on, sum(amount) FILTER (first)::BIGINT AS next_maturity_amount
FROM (SELECT *, matures_on = min(matures_on) OVER (PARTITION BY one_id) AS first FROM due) GROUP BY one_id"""

DOCUMENTS: Final = (
    ("accounts_doc", _ACCOUNTS),
    ("holdings_doc", _HOLDINGS),
    ("monthly_doc", _MONTHLY),
    ("cash_flow_doc", _CASH_FLOW),
    ("recent", _RECENT),
    ("timeline_doc", _TIMELINE),
    ("seen", _SEEN),
    ("pages", _PAGES),
    ("looked", _LOOKED),
    ("products", _PRODUCTS),
    ("risks", _RISKS),
    ("sessions", _SESSIONS),
    ("best", _BEST),
    ("behaviour_doc", _BEHAVIOUR),
    ("related", _RELATED),
    ("relations_doc", _RELATIONS),
    ("sources_doc", _SOURCES),
    ("said", _SAID),
    ("conversations_doc", _CONVERSATIONS),
    ("last", _LAST),
    ("due", _DUE),
    ("next_due", _NEXT),
)
