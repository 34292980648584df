"""Money movements on core accounts that other processes cause: salaries, repayments, purchases, transfers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from twinbank.draw import Bools, Ints
from twinbank.window import SECONDS

CODES = ("SAL", "TRI", "TRO", "CON", "WDR", "DEP", "LRP", "LDR", "INT", "FEE", "WBY", "WRD", "CRP", "TDO", "TDM", "CLS")
SAL, TRI, TRO, CON, WDR, DEP, LRP, LDR, INT, FEE, WBY, WRD, CRP, TDO, TDM, CLS = range(len(CODES))
SUMMARY = (
    "代发工资",
    "转入",
    "转账支出",
    "消费",
    "取现",
    "存现",
    "贷款扣款",
    "贷款发放",
    "结息",
    "账户管理费",
    "理财申购",
    "理财赎回",
    "信用卡还款",
    "转存定期",
    "定期到期",
    "销户",
)
COUNTER, ATM, APP, WEB, POS, WECHAT, ALIPAY, AUTO = range(1, 9)

# the first counterparties of the book (see counterparties.py)
NOBODY, WEALTH_POOL, LOAN_DESK, CARD_DESK, TERM_DESK, STATE_PENSION, FIRST = range(7)


@dataclass(frozen=True, slots=True)
class Flows:
    """One row a movement: account, local second since 1970, signed fen, code, counterparty, channel."""

    account: Ints
    at: Ints
    amount: Ints
    code: Ints
    other: Ints
    channel: Ints

    def __len__(self) -> int:
        return len(self.account)

    def where(self, mask: Bools | Ints) -> "Flows":
        """Some of the movements."""
        return Flows(*(getattr(self, field.name)[mask] for field in fields(self)))


def flows(
    account: Ints, day: Ints, amount: Ints, *, second: Ints, code: int, other: int | Ints, channel: int | Ints
) -> Flows:
    """Movements of one kind."""
    size = len(account)
    at = np.asarray(day) * SECONDS + second
    return Flows(
        np.asarray(account), at, np.asarray(amount), np.full(size, code), np.broadcast_to(np.asarray(other), size),
        np.broadcast_to(np.asarray(channel), size),
    )  # fmt: skip


def joined(parts: Sequence[Flows]) -> Flows:
    """All movements of several lists."""
    return Flows(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Flows)))


def between(all_: Flows, first: int, last: int) -> Flows:
    """The movements of some days."""
    return all_.where((all_.at >= first * SECONDS) & (all_.at < (last + 1) * SECONDS))
