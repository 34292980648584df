"""Nouns of clusterings, their errors and their events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from liuke.kernel.errors import Conflict, Invalid, NotFound
from liuke.kernel.event import Event

#: The fewest and the most clusters a run may look for. More than twelve nobody can tell apart or serve apart.
FEWEST: Final = 2
MOST: Final = 12
#: A cluster must have a chance of so many customers each, or the figures about it say nothing.
LEAST_EACH: Final = 5


class ClusterMethod(StrEnum):
    """How customers are grouped."""

    KMEANS = "kmeans"  # k-均值
    MIXTURE = "mixture"  # 高斯混合


class ClusterState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ClusterFamily(StrEnum):
    """What side of the customer a feature looks at, in the order names are read."""

    WEALTH = "wealth"  # 资产
    CREDIT = "credit"  # 信贷
    ACTIVITY = "activity"  # 交易与活跃
    CHANNEL = "channel"  # 渠道与互动
    LIFE = "life"  # 生命周期


class Transform(StrEnum):
    """How a feature is made comparable before it is standardised; each is followed by winsorising."""

    NONE = "none"
    LOG = "log"  # sign(x)·log1p(|x|): amounts and counts, whose tails are long


class Fill(StrEnum):
    """What stands where a tag has no value."""

    ZERO = "zero"
    MEDIAN = "median"
    LARGEST = "largest"  # never happened: as long ago as anybody's


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: the tag it is taken from and how it is treated.

    ``scale`` divides the tag's stored number (100 for 分 → 元). ``high`` and ``low`` are the words for a cluster that
    lies clearly above or below the bank; ``bands`` instead name by value, e.g. ages: (upper bound, word), ascending.
    """

    tag: str
    label: str
    family: ClusterFamily
    transform: Transform
    fill: Fill
    high: str
    low: str
    unit: str
    scale: int = 1
    bands: tuple[tuple[float, str], ...] = ()
    #: How a rule computes it where the tag itself is not the number, e.g. days from a date.
    expression: str = ""

    @property
    def whole(self) -> bool:
        """Whether its values are whole numbers."""
        return self.scale == 1


@dataclass(frozen=True, slots=True)
class Left:
    """A feature a run did without, and why, in Chinese."""

    tag: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one number of clusters, measured on a sample.

    ``silhouette`` in [-1, 1], higher is better; ``davies_bouldin`` ≥ 0, lower is better; ``bic`` of a Gaussian mixture,
    lower is better (for comparison only within a run); ``stability`` the mean adjusted Rand index between the
    clustering and those of resampled customers, ≤ 1; ``smallest`` the smallest cluster's share of customers, 0–1.
    """

    k: int
    silhouette: float
    davies_bouldin: float
    bic: float
    stability: float
    smallest: float


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the interval that holds it with 95 % confidence; no interval where too few customers tell."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """How a cluster differs from the bank in one feature.

    ``z`` is the difference of means in standard deviations of the treated feature; ``median`` and ``bank_median`` are
    in the feature's own unit, over customers who have a value; ``missing`` is the share without one, 0–1.
    """

    tag: str
    label: str
    unit: str
    z: float
    median: float | None
    bank_median: float | None
    missing: float


@dataclass(frozen=True, slots=True)
class Surrogate:
    """A rule over tags that stands for a cluster, and how faithfully it does.

    ``precision``: of those the rule names, the share in the cluster; ``recall``: of the cluster, the share it names;
    ``accuracy``: the share of all customers it puts on the right side; ``named``: how many it names. ``text`` is empty
    where no rule was found.
    """

    text: str
    chinese: str
    accuracy: float
    precision: float
    recall: float
    named: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """One group found. Profit is in 元 a customer and year; ``difference`` is against all other customers."""

    number: int
    name: str
    size: int
    share: float
    contrasts: tuple[Contrast, ...]
    profit: Interval
    difference: Interval
    surrogate: Surrogate


@dataclass(frozen=True, slots=True)
class Month:
    """How like the run an independent clustering of another month is.

    ``ari``: adjusted Rand index over the customers both know; ``stayed``: the share of them whom the run's own centres
    put into the same cluster in both months; both None, with a ``note``, where the month has no data.
    """

    as_of: date
    ari: float | None
    stayed: float | None
    shared: int
    note: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked for. ``k`` None lets the evidence choose between ``k_min`` and ``k_max``."""

    method: ClusterMethod = ClusterMethod.KMEANS
    k: int | None = None
    k_min: int = 4
    k_max: int = 9
    seed: int = 1
    months: int = 5
    #: Yearly earnings in basis points by tag, where they differ from those shipped.
    rates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Everything a run found out."""

    k: int
    reason: str
    features: tuple[Feature, ...]
    left: tuple[Left, ...]
    evidence: tuple[Evidence, ...]
    clusters: tuple[Cluster, ...]
    months: tuple[Month, ...]
    sample: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run, by version. ``found`` is there when it is done; ``message`` says why it failed."""

    id: UUID
    version: int
    state: ClusterState
    wanted: Wanted
    as_of: date | None
    size: int
    names: tuple[str, ...]
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    message: str
    job_run: UUID | None
    found: Found | None
    segments: Mapping[int, int]


class UnknownRun(NotFound):
    """没有这次聚类，可能已被清理。请回到聚类列表。"""


class UnknownCluster(NotFound):
    """这次聚类里没有第 {number} 类。请刷新后再选。"""


class NotReady(Conflict):
    """这次聚类还没有结果({state})。请等待完成后再操作。"""


class AlreadyRunning(Conflict):
    """已有一次聚类正在进行。请等它结束后再开始。"""


class NoRule(Conflict):
    """第 {number} 类没有能读懂且足够准的规则，不能转为客群。可以换用更少的类数重新聚类。"""


class TooFewCustomers(Invalid):
    """有标签的客户只有 {count} 位，分 {k} 类至少需要 {needed} 位。请减少类数，或等待更多客户入库。"""


class NothingDiffers(Invalid):
    """所选特征在全部客户上都相同或没有数据，无法区分客户。请检查标签是否已经刷新。"""


class BadWish(Invalid):
    """聚类的设置不正确：{reason}。请修改后再试。"""


@dataclass(frozen=True, kw_only=True)
class ClustersFound(Event):
    """A run ended with clusters."""

    kind: ClassVar[str] = "clusters.found"
    run_id: str
    run_version: int
    method: str
    k: int
    customers: int
    as_of: str


@dataclass(frozen=True, kw_only=True)
class ClusterMadeSegment(Event):
    """A cluster became a segment."""

    kind: ClassVar[str] = "clusters.segment_made"
    run_id: str
    number: int
    segment: int
