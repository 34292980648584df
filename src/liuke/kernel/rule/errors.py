"""What can be wrong with a rule. Every error points at the place (``position``, from 1) and proposes a way out."""

from liuke.kernel.errors import Invalid


class RuleInvalid(Invalid):
    """规则第 {position} 个字附近有误：{reason}。请修改后再试。"""

    @property
    def position(self) -> int:
        """Where in the rule's text, counted in characters from 1."""
        position = self.facts.get("position", 1)
        return position if isinstance(position, int) else 1


class Unreadable(RuleInvalid):
    """规则第 {position} 个字处读不懂：{reason}。"""


class NotAllowed(RuleInvalid):
    """规则第 {position} 个字处：规则里不能使用{what}。{advice}"""


class TooLarge(RuleInvalid):
    """规则过大：{reason}(上限 {limit})。请拆成几条规则或几个标签。"""


class UnknownName(RuleInvalid):
    """规则第 {position} 个字处：没有名为“{name}”的{what}{proposal}。"""


class UnknownValue(RuleInvalid):
    """规则第 {position} 个字处：“{field}”没有取值“{value}”{proposal}。"""


class WrongType(RuleInvalid):
    """规则第 {position} 个字处：这里需要{expected}，而写的是{found}。{advice}"""


class WrongUnit(RuleInvalid):
    """规则第 {position} 个字处：单位不同，“{left}”不能与“{right}”比较或相加减。"""


class WrongArguments(RuleInvalid):
    """规则第 {position} 个字处：{function} {reason}。"""
