"""Whether a name fits what somebody typed: a part of it, its pinyin, or the initials of its pinyin."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


def fits(name: str, typed: str) -> bool:
    """张小三 fits 小三, zxs, xs and zhangxiao; case does not matter."""
    wanted = typed.casefold().replace(" ", "")
    if wanted in name.casefold():
        return True
    if not (wanted.isascii() and wanted.isalpha()):
        return False
    syllables = [_syllable(character) for character in name]
    return wanted in "".join(syllable[:1] for syllable in syllables) or "".join(syllables).startswith(wanted)


@lru_cache(maxsize=32_768)
def _syllable(character: str) -> str:
    """Pinyin of one character, empty for what has none."""
    found = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    return found[0] if found else ""
