"""SQL steps: who the parties are, and what of theirs somebody else may have too."""

from typing import Final

#: Current party records with their customer number; what is compared is a person's, never a firm's.
_TOLD: Final = """
SELECT m.one_id, p.kind, p.name, p.birth_date, p.gender, p.phone, p.phone2, p.province, p.city, p.address, p.device_id,
       p.id_no, p.source, p.source_key
FROM ({party}) p JOIN member m USING (source, source_key)"""

#: A Chinese ID number of 18 digits holds the day of birth and, in its last digit but one, the gender (GB 11643).
_WHO: Final = """
SELECT one_id, bool_or(kind = 'company') AS firm,
       max(left(name, 1)) FILTER (regexp_matches(name, '^[一-龥]')) AS surname,
       min(left(name, 1)) FILTER (regexp_matches(name, '^[一-龥]')) AS other_surname,
       coalesce(year(max(birth_date)), max(try_cast(substr(id_no, 7, 4) AS INTEGER))
           FILTER (regexp_matches(id_no, '^[0-9]{17}[0-9Xx]$'))) AS born,
       coalesce(max(gender), max(CASE WHEN try_cast(substr(id_no, 17, 1) AS INTEGER) % 2 = 1 THEN 'M' ELSE 'F' END)
           FILTER (regexp_matches(id_no, '^[0-9]{17}[0-9Xx]$'))) AS gender
FROM told GROUP BY one_id"""

#: Full-width digits become plain ones; what stands before the road (province, city, district) goes, as sources differ.
_PLACE: Final = """
SELECT one_id, coalesce(city, regexp_extract(plain, '^[^0-9]*?([^省区]{2,12}市)', 1)) AS city,
       regexp_replace(plain, '^[^0-9]*(省|自治区|市|区|县|旗|盟)', '') AS street
FROM (SELECT one_id, city, translate(regexp_replace(address, '\\s', '', 'g'), '０１２３４５６７８９', '0123456789')
          AS plain
      FROM told WHERE kind = 'person' AND address IS NOT NULL)"""

#: A home has a number for the house and one for the flat; with only these two the city must agree as well. An address
#: with one number is a building, and a building is no family.
_ADDRESS: Final = """
SELECT DISTINCT one_id, CASE WHEN regexp_matches(street, '[0-9]+[^0-9]+[0-9]+[^0-9]+[0-9]+') THEN street
                             WHEN city <> '' THEN city || street END AS value
FROM place WHERE regexp_matches(street, '[0-9]+[^0-9]+[0-9]+')"""

#: Mobile numbers, the main one and the one given as a second; landlines belong to offices.
_PHONE: Final = """
SELECT DISTINCT one_id, value FROM (
    SELECT one_id, regexp_replace(regexp_replace(number, '[^0-9]', '', 'g'), '^(00)?86(1[0-9]{10})$', '\\2') AS value
    FROM (SELECT one_id, phone AS number FROM told WHERE kind = 'person'
          UNION ALL SELECT one_id, phone2 FROM told WHERE kind = 'person')
    WHERE number IS NOT NULL)
WHERE regexp_matches(value, '^1[3-9][0-9]{9}$')"""

_DEVICE: Final = "SELECT DISTINCT one_id, device_id AS value FROM told WHERE kind = 'person' AND device_id <> ''"

#: How many may share a value before it is a hub: a branch's WiFi tablet, a dormitory, a salesman's phone. A hub joins
#: nobody. Room for three generations at one address, a family on one device or number.
CAPS: Final = {"address": 8, "phone": 5, "device": 5}

_PAIR: Final = """
SELECT a.one_id AS left_id, b.one_id AS right_id, count(*) AS shared
FROM {name} a JOIN {name} b ON a.value = b.value AND a.one_id < b.one_id
WHERE a.value IN (SELECT value FROM {name} GROUP BY value HAVING count(*) BETWEEN 2 AND {cap})
GROUP BY ALL"""

_HUB: Final = "SELECT '{name}' AS type, count(*) AS holders FROM {name} GROUP BY value HAVING count(*) > {cap}"


def steps(party_sql: str) -> list[tuple[str, str]]:
    """Tables told, who, place, address, phone, device, then ``*_pair`` of each shared thing and ``hub``."""
    shared = [(f"{name}_pair", _PAIR.format(name=name, cap=cap)) for name, cap in CAPS.items()]
    hubs = " UNION ALL ".join(_HUB.format(name=name, cap=cap) for name, cap in CAPS.items())
    return [
        ("told", _TOLD.format(party=party_sql)),
        ("who", _WHO),
        ("place", _PLACE),
        ("address", _ADDRESS),
        ("phone", _PHONE),
        ("device", _DEVICE),
        *shared,
        ("hub", hubs),
    ]
