"""SQL steps the tables of tags are made of. DuckDB dialect, only constructs that Spark has too.

Who owns an account, what a product is and which records are one customer is taken as told last: those are what a fact
is *about*. The facts themselves carry ``known`` and ``dead``, so that any past day can be computed as it was known.
"""

from typing import Final

#: Calendar day in Shanghai.
DAY: Final = "CAST({at} + INTERVAL 8 HOUR AS DATE)"
HOUR: Final = "CAST(EXTRACT(HOUR FROM {at} + INTERVAL 8 HOUR) AS INTEGER)"
#: The day at whose end a row was known: known at the last moment of a day, or at the first of the next, is that day.
KNOWN: Final = "CAST({at} - INTERVAL 1 MICROSECOND + INTERVAL 8 HOUR AS DATE)"

#: Each version of a row with the moment it was replaced. Only few keys were ever corrected: the join is small.
VERSIONS: Final = """
SELECT t.*, l.replaced_at FROM "{name}" AS t LEFT JOIN {name}_revised AS l
ON l.source = t.source AND l.source_key = t.source_key AND l.revision = t.revision"""

#: When each revision that was replaced was replaced.
REVISED: Final = """
SELECT source, source_key, revision - 1 AS revision, MIN(known_at) AS replaced_at
FROM "{name}" WHERE revision > 0 GROUP BY source, source_key, revision - 1"""

LAST: Final = """
SELECT * FROM (SELECT t.*, ROW_NUMBER() OVER (
    PARTITION BY source, source_key ORDER BY revision DESC, known_at DESC) AS place FROM "{name}" AS t) AS ranked
WHERE place = 1"""

#: What kind of thing a product is about, by its name.
THEME: Final = """CASE WHEN s.name LIKE '%科创%' OR s.name LIKE '%科技创新%' THEN 'star'
    WHEN s.name LIKE '%养老%' THEN 'pension' WHEN s.name LIKE '%大额存单%' THEN 'large_deposit'
    WHEN s.name LIKE '%金%' AND s.kind = 'metal' THEN 'gold' ELSE 'other' END"""

#: What a conversation was about, by its words; the first that fits.
SUBJECT: Final = """CASE
    WHEN t.text LIKE '%销户%' OR t.text LIKE '%转走%' OR t.text LIKE '%转到别%' OR t.text LIKE '%提前支取%'
        THEN 'leaving'
    WHEN t.text LIKE '%隔壁银行%' OR t.text LIKE '%别的银行%' OR t.text LIKE '%他行%' OR t.text LIKE '%其他银行%'
        THEN 'rival'
    WHEN t.text LIKE '%科创%' OR t.text LIKE '%科技创新%' THEN 'star'
    WHEN t.text LIKE '%孩子%' OR t.text LIKE '%换房%' OR t.text LIKE '%换工作%' OR t.text LIKE '%住院%' THEN 'life'
    WHEN t.text LIKE '%理财%' OR t.text LIKE '%到期%' OR t.text LIKE '%收益%' THEN 'wealth'
    WHEN t.text LIKE '%利率%' THEN 'rate' ELSE 'other' END"""

#: How the customer felt, from −1 to 1.
MOOD: Final = """CASE WHEN t.sentiment IS NULL THEN 'untold' WHEN t.sentiment <= -0.5 THEN 'bad'
    WHEN t.sentiment >= 0.5 THEN 'good' ELSE 'plain' END"""

#: Size of one booking, in 分: up to 1,000 / 10,000 / 50,000 / 200,000 / 500,000 元 and above.
BAND: Final = """CASE WHEN t.amount < 100000 THEN 'b0' WHEN t.amount < 1000000 THEN 'b1'
    WHEN t.amount < 5000000 THEN 'b2' WHEN t.amount < 20000000 THEN 'b3' WHEN t.amount < 50000000
    THEN 'b4' ELSE 'b5' END"""

SHELF: Final = """
SELECT product_no, MAX(name) AS name, MAX(kind) AS kind, MAX(risk) AS risk
FROM (SELECT product_no, name, kind, risk, ROW_NUMBER() OVER (
    PARTITION BY product_no ORDER BY known_at DESC, revision DESC, source) AS place FROM product) AS ranked
WHERE place = 1 GROUP BY product_no"""


def versions(name: str) -> str:
    """Every version of a canonical table's rows, with ``replaced_at``."""
    return VERSIONS.format(name=name)


def revised(name: str) -> str:
    """When each revision of a canonical table's rows was replaced."""
    return REVISED.format(name=name)


def last(name: str) -> str:
    """The last version of each row of a canonical table."""
    return LAST.format(name=name)


def times(event: str = "t.event_time") -> str:
    """The columns day, known, dead and revision of a version."""
    return (
        f"{DAY.format(at=event)} AS day, {KNOWN.format(at='t.known_at')} AS known,"
        f" {KNOWN.format(at='t.replaced_at')} AS dead, t.revision"
    )


#: The bank's own currency: the one most accounts are kept in.
HOME: Final = """
SELECT currency FROM account WHERE currency IS NOT NULL GROUP BY currency ORDER BY COUNT(*) DESC, currency LIMIT 1"""
