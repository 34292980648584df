"""The rule language: one way to say a condition or a calculation, everywhere in the product.

A rule is text in a whitelisted subset of SQL scalar expressions over a catalogue of fields and events, e.g.
``count_events('view', '7d', product = '大额存单') > 3 and aum_mavg >= 500000``, or the same as a JSON tree from the
visual builder. `parse` reads it, `check` fits it to a `Catalogue` (names, types, units; errors point at the place),
`to_sql` runs it over sets, `to_python` over rows and events, `to_chinese` says it, `explain` says why it was true or
false. Both engines answer alike; ``docs/rule-language.md`` fixes what they answer. Reads and writes nothing.
"""

from liuke.kernel.rule.catalogue import Catalogue, Event
from liuke.kernel.rule.catalogue import Window as Window
from liuke.kernel.rule.check import check
from liuke.kernel.rule.checked import Checked
from liuke.kernel.rule.checked import part as part
from liuke.kernel.rule.chinese import to_chinese
from liuke.kernel.rule.errors import RuleInvalid
from liuke.kernel.rule.explain import Explanation as Explanation
from liuke.kernel.rule.explain import explain as explain
from liuke.kernel.rule.model import Rule, Type
from liuke.kernel.rule.parse import parse
from liuke.kernel.rule.python import to_python
from liuke.kernel.rule.sql import to_expression as to_expression
from liuke.kernel.rule.sql import to_sql
from liuke.kernel.rule.term import Field
from liuke.kernel.rule.term import WindowCall as WindowCall
from liuke.kernel.rule.text import to_text as to_text
from liuke.kernel.rule.tree import from_json as from_json
from liuke.kernel.rule.tree import to_json as to_json

__all__ = [
    "Catalogue",
    "Checked",
    "Event",
    "Field",
    "Rule",
    "RuleInvalid",
    "Type",
    "check",
    "parse",
    "to_chinese",
    "to_python",
    "to_sql",
]
