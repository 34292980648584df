"""Nouns of insistence and dual recordings, their errors and events."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from liuke.kernel.errors import Forbidden, Invalid, NotFound, Refused
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class Script(StrEnum):
    """Which script a dual recording follows."""

    PROPRIETARY = "proprietary"  # 自营理财
    AGENCY = "agency"  # 代销
    INSURANCE = "insurance"  # 保险


#: Steps of each script that must be seen on the recording, in order.
#: Source: 银行业金融机构销售专区录音录像管理暂行规定(银监办发〔2017〕110号), from memory: verify with compliance.
_COMMON: Final = ("staff_identity", "customer_identity", "product_name", "risk_grade", "tolerance", "no_guarantee")
STEPS: Final[dict[Script, tuple[str, ...]]] = {
    Script.PROPRIETARY: (*_COMMON, "term_and_fee", "customer_confirms"),
    Script.AGENCY: (*_COMMON, "issuer_not_bank", "term_and_fee", "customer_confirms"),
    Script.INSURANCE: (*_COMMON, "issuer_not_bank", "cooling_off", "surrender_loss", "customer_confirms"),
}
#: What a step is called.
STEP_TITLES: Final = {
    "staff_identity": "员工出示工作证并报姓名",
    "customer_identity": "核对客户身份证件",
    "product_name": "说明产品名称和发行方",
    "risk_grade": "说明产品风险等级和可能的损失",
    "tolerance": "说明客户的风险承受能力等级",
    "no_guarantee": "说明不保本、不承诺收益",
    "issuer_not_bank": "说明本行为代销，不承担兑付责任",
    "term_and_fee": "说明期限、费用和赎回条件",
    "cooling_off": "说明犹豫期",
    "surrender_loss": "说明退保损失",
    "customer_confirms": "客户口头确认已了解并自愿购买",
}


@dataclass(frozen=True, slots=True)
class Insistence:
    """A customer's written insistence on a product that does not suit; valid once a second person confirmed it."""

    id: UUID
    one_id: OneId
    product_no: str
    amount: int
    reasons: tuple[str, ...]
    policy: int
    warning: str
    warning_digest: str
    evidence_ref: str
    made_by: str
    made_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the script and the second of the recording at which it is done; None when it is missing."""

    name: str
    second: int | None


@dataclass(frozen=True, slots=True)
class Recording:
    """双录: the index of one recording of a sale; the file itself stays in the bank's archive."""

    id: UUID
    one_id: OneId
    product_no: str
    sale_ref: str
    script: Script
    steps: tuple[Step, ...]
    media_ref: str
    media_algorithm: str
    media_digest: str
    media_bytes: int
    media_seconds: int
    complete: bool
    made_by: str
    made_at: datetime
    keep_until: date


class NothingToInsist(Invalid):
    """此产品适合该客户，无须坚持购买确认。可直接办理。"""


class CannotInsist(Refused):
    """客户不能坚持购买：{reason}。请按提示改正后再办理。"""


class EvidenceMissing(Invalid):
    """请填写客户签字的警示确认书编号(1–80 个字符)。"""


class UnknownInsistence(NotFound):
    """没有待确认的坚持购买记录，或已经确认。请刷新后再看。"""


class SecondPersonNeeded(Forbidden):
    """坚持购买须由经办人以外的同事当面确认。请换一位同事办理。"""


class BadRecording(Invalid):
    """双录登记不正确：{reason}。请修改后再提交。"""


class UnknownRecording(NotFound):
    """没有这条双录记录，或不在您的数据范围内。"""


@dataclass(frozen=True, kw_only=True)
class InsistenceMade(Event):
    """A customer insisted in writing on a product that does not suit."""

    kind: ClassVar[str] = "insistence.made"
    insistence: str
    product_no: str
    reasons: list[str]
    warning_digest: str


@dataclass(frozen=True, kw_only=True)
class InsistenceConfirmed(Event):
    """A second person confirmed an insistence face to face; it holds until its time."""

    kind: ClassVar[str] = "insistence.confirmed"
    insistence: str
    product_no: str


@dataclass(frozen=True, kw_only=True)
class RecordingKept(Event):
    """A dual recording was put into the index."""

    kind: ClassVar[str] = "recording.kept"
    recording: str
    product_no: str
    media_digest: str
    complete: bool


@dataclass(frozen=True, kw_only=True)
class PackMade(Event):
    """An evidence pack of a sale was made; ``digest`` is of its JSON."""

    kind: ClassVar[str] = "recording.packed"
    recording: str
    digest: str
    form: str
