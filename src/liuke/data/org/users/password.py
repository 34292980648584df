"""Passwords: the rule a new one must meet, how it is hashed, and how one typed is checked."""

import secrets
import threading
import unicodedata
from collections.abc import Sequence
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from liuke.data.org.users.model import PasswordWeak

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 128
#: Of upper case, lower case, digits and other signs, at least so many.
CLASSES: Final = 3
#: So many former passwords may not come back.
HISTORY: Final = 5

#: Argon2id with 19 MiB, 2 passes, 1 lane. Source: OWASP Password Storage Cheat Sheet, Argon2id.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Hashing takes memory and a whole core: so many at once, the others wait.
_AT_ONCE: Final = threading.BoundedSemaphore(4)
#: What an unknown user's password is checked against, so that the answer takes as long as a known one's.
_NOBODY: Final = _HASHER.hash(secrets.token_hex(16))

#: Stems that people put before a year or an exclamation mark; a password that is one of them plus little is weak.
_COMMON: Final = frozenset(
    """password passw0rd p@ssw0rd p@ssword qwerty qwertyuiop qwer1234 1qaz2wsx 1qaz@wsx zaq12wsx abc123 abcd1234 admin
    admin123 administrator welcome letmein iloveyou woaini woaini1314 5201314 123456 12345678 1234567890 0123456789
    987654321 111111 000000 666666 888888 88888888 changeme default secret bank yinhang liuke liuke123 test test123
    root master""".split()  # noqa: SIM905  (a list of words reads better as words)
)
#: A password is weak when what is left around a common stem is no longer than this.
_LITTLE: Final = 5
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def check(wanted: str, *, login: str) -> None:
    """Raises PasswordWeak when a new password breaks the rule."""
    if not MIN_LENGTH <= len(wanted) <= MAX_LENGTH:
        raise PasswordWeak(reason=f"长度应为 {MIN_LENGTH} 至 {MAX_LENGTH} 位")
    if len(_classes(wanted)) < CLASSES:
        raise PasswordWeak(reason="大写字母、小写字母、数字、符号中至少要有三类")
    folded = unicodedata.normalize("NFKC", wanted).casefold()
    if login.casefold() in folded or login.casefold()[::-1] in folded:
        raise PasswordWeak(reason="不能包含登录名")
    if len(set(folded)) < MIN_LENGTH // 2:
        raise PasswordWeak(reason="重复的字符太多")
    if any(stem in folded and len(folded) - len(stem) <= _LITTLE for stem in _COMMON):
        raise PasswordWeak(reason="过于常见，容易被猜中")


def hashed(wanted: str) -> str:
    """The argon2id hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(wanted)


def matches(stored: str | None, typed: str) -> bool:
    """Whether the password typed is the stored one; takes as long when there is no stored one."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODY, typed[:MAX_LENGTH]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def used_before(history: Sequence[str], wanted: str) -> bool:
    """Whether the password is among the last ones."""
    return any(matches(former, wanted) for former in history[:HISTORY])


def random() -> str:
    """A first password: sixteen characters not easily mistaken for each other, of every class, in groups of four."""
    while True:
        groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)]
        made = "-".join(groups)
        if len(_classes(made)) == len(("upper", "lower", "digit", "sign")):
            return made


def _classes(text: str) -> set[str]:
    return {
        "upper" if sign.isupper() else "lower" if sign.islower() else "digit" if sign.isdigit() else "sign"
        for sign in text
    }
