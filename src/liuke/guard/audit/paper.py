"""Evidence packs on paper, set by Typst in Noto Sans. The pack is passed as data, so no text in it can be a command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import orjson

from liuke.guard.audit.model import FontMissing

#: Where the fonts of the web build lie when no other folder is set.
_BUILT: Final = Path(__file__).resolve().parents[4] / "web/node_modules/@embedpdf/fonts-sc/fonts"
_FONT: Final = "NotoSansHans-Regular.otf"

_PAGE: Final = """
#let pack = json(bytes(sys.inputs.pack))
#set document(title: "存证证据包")
#set page(paper: "a4", margin: 20mm, footer: context [
  #set text(8pt, fill: luma(110))
  #pack.log.log #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(font: ("Noto Sans Hans", "Noto Sans S Chinese"), size: 9.5pt, lang: "zh")
#set par(leading: 0.7em)
#let code(body) = block(fill: luma(245), inset: 6pt, radius: 2pt, width: 100%)[
  #set text(7.5pt)
  #body.clusters().join(sym.zws)
]
#text(18pt)[存证证据包]
#v(2mm)
#table(
  columns: (28mm, 1fr), stroke: 0.4pt + luma(200), inset: 5pt,
  [日志编号], pack.log.log,
  [摘要算法], upper(pack.log.hash),
  [条目数], str(pack.entries.len()),
  [取证人], pack.taken_by,
  [取证时间], pack.taken_at,
  [取证事由], pack.reason,
)
#v(2mm)
各条目的字节经摘要得到叶子，叶子与路径逐级计算得到检查点的根，检查点由银行的密钥签名。
可用随附的离线核验程序与 JSON 证据包独立核验，无需连接本系统。
#for entry in pack.entries [
  == 第 #entry.n 条
  #code(entry.line)
  #if entry.customers.len() > 0 [
    客户编号(银行陈述):#entry.customers.join("、")
  ]
  #if entry.beside != none [
    关于客户的内容(摘要含盐，见条目的 clear)
    #code(entry.beside.text)
    盐值
    #code(entry.beside.salt)
  ] else if entry.erased [
    旁存的个人信息已按要求删除；条目本身仍可核验。
  ]
  叶子
  #code(entry.leaf)
  #if entry.path.len() > 0 [
    路径
    #for step in entry.path { code(step) }
  ]
]
== 签名检查点
#code(pack.checkpoint)
== 公钥
#for (name, pem) in pack.keys [
  #name
  #code(pem)
]
#v(12mm)
#grid(columns: (1fr, 1fr), [取证人签字：], [复核人签字：])
"""


def fonts(folder: Path | None) -> Path:
    """The folder of the Chinese font. Raises: FontMissing."""
    for place in (folder, _BUILT):
        if place is not None and (place / _FONT).is_file():
            return place
    raise FontMissing


def printed(pack: Mapping[str, object], *, fonts: Path) -> bytes:
    """The pack as a PDF."""
    import typst

    return typst.compile(
        _PAGE.encode(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(fonts / _FONT)]),
        sys_inputs={"pack": orjson.dumps(pack).decode()},
    )
