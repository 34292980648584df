"""Chinese names: surnames and given names by rough frequency, in Chinese and pinyin, and the ways they are misspelt.

The tables are written from general knowledge of the usual order of frequency (surnames: national rank; given names:
typical characters of three generations); they describe nobody.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from twinbank.draw import Bools, Ints, Rng, Texts, happens, pick, zipf

_RANKED = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝"
    "孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜"
)
_COMPOUND = ("欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "夏侯", "令狐")
_SURNAME_PINYIN = {
    "曾": "ZENG",
    "尹": "YIN",
    "任": "REN",
    "翟": "ZHAI",
    "万": "WAN",
    "俞": "YU",
    "柳": "LIU",
    "贾": "JIA",
    "卜": "BU",
}
# three generations: born before 1965, 1965–1984, from 1985
_MEN = (
    "国建文德明华志福荣林生成永玉金富清贵云海春祥昌忠庆万家有元少光学炳兴世才安发保根银长俊山全水友武树宝正",
    "伟军勇强杰斌涛明超辉刚平建国志鹏波华健峰海东文龙飞鑫磊林俊晓永德宏兵春新玉庆学光荣少立成江红亮宁天",
    "浩宇轩子俊杰博涵睿泽梓晨文豪嘉明昊天逸飞皓铭瑞志鹏思远家宏一凡鑫旭伟凯承翔宸熙睿霖奕景辰阳航磊安之",
)
_WOMEN = (
    "秀英兰玉桂珍梅芳凤淑华云素香春琴金红菊荣花丽莲芬清爱美桃翠巧月霞琼珠银惠仙贞娥冬彩明雪菁瑞雅文琳慧",
    "丽敏静芳娟艳燕红霞梅玲萍英华秀娜秋莉晓春小琴洁丹雪慧颖琳云海婷倩蓉佳蕾洋薇文君晶瑜宁虹岚茜莹冬素",
    "欣雨婷梓涵诗思佳雪怡梦琪可馨子萱悦晨语嫣若曦紫嘉依诺一瑶心妍欢雅琳静慧颖彤芷晴琳玥宁菲沐瑾安然之",
)


@cache
def surnames() -> NDArray[np.str_]:
    """All surnames in order of frequency, compound ones last."""
    return np.array([*dict.fromkeys(_RANKED), *_COMPOUND])


@cache
def _weights() -> NDArray[np.float64]:
    single = zipf(len(surnames()) - len(_COMPOUND), shift=5.0) ** 1.25
    return np.concatenate([single, np.full(len(_COMPOUND), single[-1] / 4)])


def draw_surnames(rng: Rng, size: int) -> Ints:
    """Indices into `surnames()`."""
    return pick(rng, _weights(), size)


def given(rng: Rng, *, woman: Bools, birth_year: Ints) -> Texts:
    """Given names (one or two characters) that fit gender and generation."""
    size = len(woman)
    out = np.zeros((size, 2), dtype="U1")
    generation = np.digitize(birth_year, [1965, 1985])
    for sex, tables in enumerate((_MEN, _WOMEN)):
        for age, table in enumerate(tables):
            rows = np.flatnonzero((woman == bool(sex)) & (generation == age))
            letters = np.array(list(dict.fromkeys(table)))
            for place in (0, 1):
                out[rows, place] = letters[pick(rng, zipf(len(letters), shift=6.0), len(rows))]
    out[happens(rng, np.array([0.12, 0.35, 0.14])[generation], size), 1] = ""
    return join(out[:, 0], out[:, 1])


def join(left: Texts, right: Texts) -> Texts:
    """Two columns of text side by side; quick for short texts."""
    return np.asarray(np.strings.add(left, right))


@cache
def _pinyin(letter: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(letter, style=Style.NORMAL)).upper()


def pinyin(name: str) -> str:
    """`张伟明` → `ZHANG WEIMING`."""
    cut = 2 if name[:2] in _COMPOUND else 1
    surname = "".join(_SURNAME_PINYIN.get(c) or _pinyin(c) for c in name[:cut])
    return f"{surname} {''.join(map(_pinyin, name[cut:]))}"


@cache
def _same_sound() -> dict[str, str]:
    groups: dict[str, list[str]] = {}
    for letter in dict.fromkeys("".join((*_MEN, *_WOMEN, _RANKED))):
        groups.setdefault(_pinyin(letter), []).append(letter)
    return {
        c: group[(at + 1) % len(group)] for group in groups.values() for at, c in enumerate(group) if len(group) > 1
    }


def misheard(name: str) -> str:
    """The name with its last character replaced by one of the same sound (or of the same look when there is none)."""
    return name[:-1] + _same_sound().get(name[-1], "军" if name[-1] != "军" else "君")


def full_width(name: str, style: int) -> str:
    """The name as old terminals left it: a full-width blank inside (style 0) or at the end (style 1)."""
    return f"{name[0]}　{name[1:]}" if style == 0 else f"{name}　"
