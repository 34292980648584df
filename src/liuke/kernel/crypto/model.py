"""Nouns of the key room: the cipher chosen, a subject's key, what is left of an erased one, and every error."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn, final

from liuke.kernel.crypto.digest import HashName, same
from liuke.kernel.errors import Conflict, Invalid, LiukeError

#: Length of the secret in a key file, in bytes.
SECRET_BYTES: Final = 32
#: Length of a subject's secret: an AES-256 key and an SM4 key.
SUBJECT_SECRET_BYTES: Final = 48


class Cipher(StrEnum):
    """How new values are encrypted; values of the other cipher stay readable."""

    AES = "aes"
    SM4 = "sm4"

    @property
    def hash(self) -> HashName:
        """The digest of the same family: SHA-256 beside AES, SM3 beside SM4."""
        return "sm3" if self is Cipher.SM4 else "sha256"


class BlindKind(StrEnum):
    """What an exact-search index is about; the same text under two kinds gives unrelated indexes."""

    PHONE = "phone"
    ID_NO = "id_no"
    NAME = "name"
    ACCOUNT_NO = "account_no"
    EMAIL = "email"
    WECOM_ID = "wecom_id"


@final
@dataclass(frozen=True, slots=True)
class Erased:
    """The key of this subject was destroyed: its values can never be read again. Shown as 已删除."""

    def __str__(self) -> str:
        return "已删除"


ERASED: Final = Erased()


@final
class SubjectKey:
    """The data key of one subject. It encrypts this subject's fields and no other's, and never shows its secret.

    48 random bytes: 32 for AES-256 and 16 for SM4, so that no key serves two ciphers.
    """

    __slots__ = ("_aes", "_sm4", "subject", "version")

    def __init__(self, subject: int, secret: bytes, *, version: int = 1) -> None:
        if len(secret) != SUBJECT_SECRET_BYTES:
            raise ValueError("the secret of a subject is 48 bytes")
        self.subject = subject
        self.version = version
        self._aes = secret[:SECRET_BYTES]
        self._sm4 = secret[SECRET_BYTES:]

    def secret_for(self, cipher: Cipher) -> bytes:
        """The key of ``cipher``: 32 bytes for AES, 16 for SM4."""
        return self._sm4 if cipher is Cipher.SM4 else self._aes

    def packed(self) -> bytes:
        """What is wrapped under the master key: version (2 bytes), secret (48 bytes)."""
        return self.version.to_bytes(2, "big") + self._aes + self._sm4

    @classmethod
    def unpacked(cls, subject: int, packed: bytes) -> "SubjectKey":
        """The inverse of ``packed``."""
        return cls(subject, packed[2:], version=int.from_bytes(packed[:2], "big"))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SubjectKey):
            return NotImplemented
        return self.subject == other.subject and same(self.packed(), other.packed())

    def __hash__(self) -> int:
        return hash((self.subject, self.version))

    def __repr__(self) -> str:
        return f"SubjectKey(subject={self.subject}, version={self.version})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a subject key is never pickled: store it wrapped")


class KeyTrouble(LiukeError):
    """密钥不可用：{reason}。请联系管理员。"""


class KeyFileUnsafe(KeyTrouble):
    """密钥文件 {path} 的权限为 {mode}，其他用户可以读取。

    请执行 chmod {wanted} {path} 后重新启动；若怀疑已泄露，请先更换密钥。
    """


class KeyFileBroken(KeyTrouble):
    """密钥文件 {path} 已损坏或不完整({reason})。请用备份恢复后重新启动；切勿重新生成，否则已加密的数据将无法读取。"""


class KeyMissing(KeyTrouble):
    """缺少密钥 {name}，用它加密的数据无法读取。请用备份恢复密钥目录 {folder} 后重新启动；切勿重新生成。"""


class KeyFolderUnusable(KeyTrouble):
    """密钥目录 {folder} 无法使用({reason})。请检查目录是否存在、运行账号是否可读写后重新启动。"""


class Tampered(LiukeError):
    """{at} 的密文未通过完整性校验：它可能被改动，或被移到了别的客户、别的字段。该值不予显示，请通知管理员核查。"""


class SubjectErased(Conflict):
    """该客户的个人信息已按要求删除，不能再写入。"""


class NothingToIndex(Invalid):
    """没有可用于查找的内容。请输入完整的手机号、证件号或姓名。"""


class BadCustomerNumber(Invalid):
    """客户号“{text}”不正确。客户号以 LK 开头，共 11 位；请核对后重新输入。"""
