"""One typed object holds every setting; each is an environment variable ``LIUKE_<NAME>`` or a line of ``.env``."""

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Fewer characters are no secret between the audit log and its witness.
WITNESS_TOKEN_CHARACTERS: Final = 24


class Settings(BaseSettings):
    """All settings with their units and defaults. Secrets are never printed."""

    model_config = SettingsConfigDict(env_prefix="LIUKE_", env_file=".env", extra="ignore", frozen=True)

    #: Folder of everything Liuke keeps on disk: keys, lake, raw files, embedded PostgreSQL.
    home: Path = Path(".liuke")
    #: The bank's own PostgreSQL 15+ (``postgresql://…``); empty = the embedded one under ``home``.
    database_url: SecretStr = SecretStr("")
    #: Folder of source contracts (``*.toml``); empty = ``home/contracts``.
    contracts: Path | None = None
    #: Folder the source systems deliver their files to; empty = ``home/sources``.
    sources: Path | None = None
    #: Folder of definitions of derived tables (``*.toml``); empty = ``home/pipelines``.
    pipelines: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=1, le=65535)
    #: Server processes.
    workers: int = Field(default=1, ge=1, le=64)
    #: Connections each process keeps to PostgreSQL.
    pool_size: int = Field(default=16, ge=1, le=200)
    #: Field encryption: AES-256-GCM, or the Chinese national SM4-GCM.
    cipher: Literal["aes", "sm4"] = "aes"
    #: Memory DuckDB may use, in MiB.
    tables_memory_mib: int = Field(default=4096, ge=256)
    tables_threads: int = Field(default=2, ge=1)
    #: What walks the relation graph: memory-mapped arrays, or a Ladybug database (arrays stand in where it fails).
    graph_engine: Literal["csr", "ladybug"] = "csr"
    #: Where tables are computed: empty = DuckDB, embedded; else a Spark: ``spark://host:7077``, ``yarn``, ``local[2]``.
    tables: str = Field(default="", pattern=r"^(|spark://.+|local(\[[0-9*]+\])?|yarn|k8s://.+)$")
    #: Session limits, in minutes.
    session_idle_minutes: int = Field(default=30, ge=1)
    session_absolute_minutes: int = Field(default=600, ge=5)
    #: Days after which a local password must be changed; 0 = never.
    password_expires_days: int = Field(default=90, ge=0)
    #: Sign-in through the bank's own identity provider; empty issuer = off.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    #: Public address users type, needed for OIDC redirects and secure cookies, e.g. ``https://liuke.bank.example``.
    public_url: str = ""
    #: Digest of the audit log: SM3, or SHA-256. It is chosen once, when the log begins.
    audit_hash: Literal["sm3", "sha256"] = "sm3"
    #: Second folder that receives every signed checkpoint of the audit log, best on another host; empty = none.
    audit_witness: Path | None = None
    #: Address of another host that runs ``liuke audit witness``, and the secret they share; empty = none.
    audit_witness_url: str = ""
    audit_witness_token: SecretStr = SecretStr("")
    #: A time stamp authority (RFC 3161), the PEM file of the roots it must be under, where its tokens are kept (empty =
    #: ``home/audit-stamps``), and how often a checkpoint is stamped besides the one that seals a day; empty = none.
    audit_tsa_url: str = ""
    audit_tsa_roots: Path | None = None
    audit_tsa_folder: Path | None = None
    audit_tsa_minutes: int = Field(default=60, ge=1, le=1440)
    #: Behaviour events one sender may send a second, with twice as many at once after a pause.
    intake_events_per_second: int = Field(default=100_000, ge=1)
    #: Behaviour events that may wait to be taken in, in MiB on disk, before senders are asked to come back.
    intake_backlog_mib: int = Field(default=8192, ge=1)
    #: Folder of the fonts printed documents are set in; empty = those that came with the web build.
    fonts: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """A witness half set up would be one that nobody notices is missing."""
        if self.audit_witness_url and len(self.audit_witness_token.get_secret_value()) < WITNESS_TOKEN_CHARACTERS:
            reason = f"LIUKE_AUDIT_WITNESS_TOKEN of {WITNESS_TOKEN_CHARACTERS} characters or more"
            raise ValueError(f"LIUKE_AUDIT_WITNESS_URL needs {reason}")
        if self.audit_tsa_url and self.audit_tsa_roots is None:
            raise ValueError("LIUKE_AUDIT_TSA_URL needs LIUKE_AUDIT_TSA_ROOTS, the certificates it must be under")
        return self

    @property
    def spark(self) -> str:
        """The Spark to ask; this machine alone when none is named."""
        return self.tables or f"local[{self.tables_threads}]"

    @property
    def contracts_dir(self) -> Path:
        """Where source contracts are read from."""
        return self.contracts or self.home / "contracts"

    @property
    def sources_dir(self) -> Path:
        """Where source files arrive; a contract's location is relative to it."""
        return self.sources or self.home / "sources"

    @property
    def pipelines_dir(self) -> Path:
        """Where definitions of derived tables are read from and written to."""
        return self.pipelines or self.home / "pipelines"
