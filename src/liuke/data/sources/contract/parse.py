"""Reads a contract's TOML text; every error names its place, its key and what to write instead."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from liuke.data.sources.canonical import CANONICAL
from liuke.data.sources.contract.place import place_of, places
from liuke.data.sources.contract.spec import (
    EPOCHS,
    FORMATS,
    Check,
    Column,
    ColumnType,
    Contract,
    FileSpec,
    KnownAt,
    LoadSpec,
    Lookup,
    Mapped,
    Reference,
    Target,
)
from liuke.data.sources.model import Format, Mode, Problem, cadence_of
from liuke.kernel.store.columns import PiClass

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")
_VARIABLE: Final = re.compile(r"LIUKE_SOURCE_[A-Z0-9_]+")
#: Names a route uses itself.
_RESERVED: Final = frozenset({"loads", "lineage", "runs", "contract_checks"})
_ENCODINGS: Final = ("utf-8", "gbk", "gb18030")
_TOP: Final = {"contract", "version", "title", "system", "system_title"}
_SECTIONS: Final = {"file", "load", "columns", "codes", "checks", "references", "lookups", "tables"}
_COLUMN: Final = {"type", "format", "pi", "meaning", "required", "width", "scale", "century", "nulls", "of"}
_LOAD: Final = {"mode", "cadence", "known_at", "max_bad_percent", "future_days"}
_TARGET: Final = {"table", "key", "event_time", "when", "columns"}
_FILE: Final = {
    *("path", "format", "encoding", "delimiter", "quote", "header", "multiline", "trailer", "sheet", "parts", "zone"),
    *("nulls", "address", "table", "cursor", "options"),
}


def read(text: str) -> tuple[Contract | None, list[Problem]]:
    """The contract a text states, or None and every error found."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return None, [_syntax(fault, text)]
    reader = _Reader(tree, text)
    contract = reader.contract()
    return (None if reader.problems else contract), reader.problems


def _syntax(fault: tomllib.TOMLDecodeError, text: str) -> Problem:
    found = re.search(r"line (\d+), column (\d+)", str(fault))
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
    return Problem(line, column, "", "这里不符合 TOML 的写法,请检查引号、等号和括号是否成对。")


class _Reader:
    """One reading of one text; problems gather as it goes."""

    def __init__(self, tree: Mapping[str, Any], text: str) -> None:
        self.tree = tree
        self.text = text
        self.problems: list[Problem] = []
        self._places = places(text)

    def contract(self) -> Contract:
        self.known(self.tree, "", _TOP | _SECTIONS)
        name = self.name("contract")
        columns = self.columns()
        codes = {key: self.code_table(key, value) for key, value in self.section("codes").items()}
        return Contract(
            name=name,
            version=self.integer(self.tree, "", "version", 1, least=1),
            title=self.string(self.tree, "", "title", required=True),
            system=self.name("system"),
            system_title=self.string(self.tree, "", "system_title") or self.string(self.tree, "", "system"),
            file=self.file(columns),
            load=self.load(),
            columns=columns,
            codes=codes,
            checks=tuple(self.check(number, one) for number, one in enumerate(self.listed("checks"))),
            references=tuple(
                self.reference(number, one, columns) for number, one in enumerate(self.listed("references"))
            ),
            lookups=tuple(self.lookup(name, one) for name, one in self.section("lookups").items()),
            targets=self.targets(codes),
            text=self.text,
        )

    def wrong(self, path: str, message: str, *, inside: int = 0) -> None:
        """Note a problem at a key; ``inside`` is a place within its value, from 1."""
        line, column, value = place_of(self._places, path)
        self.problems.append(Problem(line, value + inside if inside else column, path, message))

    def known(self, table: Mapping[str, Any], path: str, names: set[str]) -> None:
        for key in table:
            if key not in names:
                self.wrong(_join(path, key), f"不认识的键 {key},可写:{'、'.join(sorted(names))}。")

    def section(self, key: str) -> Mapping[str, Any]:
        value = self.tree.get(key, {})
        if isinstance(value, Mapping):
            return value
        self.wrong(key, f"{key} 须写成一节 [{key}]。")
        return {}

    def listed(self, key: str) -> Sequence[Mapping[str, Any]]:
        value = self.tree.get(key, [])
        if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            return value
        self.wrong(key, f"{key} 须写成若干节 [[{key}]]。")
        return []

    def string(
        self, table: Mapping[str, Any], path: str, key: str, default: str = "", *, required: bool = False
    ) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            self.wrong(_join(path, key), f"{key} 须是用引号括起的文字。")
            return default
        if required and not value.strip():
            self.wrong(_join(path, key) if key in table else path, f"缺少 {key}。")
        return value

    def integer(self, table: Mapping[str, Any], path: str, key: str, default: int, *, least: int = 0) -> int:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(_join(path, key), f"{key} 须是不小于 {least} 的整数。")
            return default
        return value

    def flag(self, table: Mapping[str, Any], path: str, key: str, *, default: bool = False) -> bool:
        value = table.get(key, default)
        if not isinstance(value, bool):
            self.wrong(_join(path, key), f"{key} 只能写 true 或 false。")
            return default
        return value

    def texts(self, table: Mapping[str, Any], path: str, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(_join(path, key), f'{key} 须是文字的列表,例如 ["00000000"]。')
            return ()
        return tuple(value)

    def choice(self, table: Mapping[str, Any], path: str, key: str, allowed: Sequence[str], default: str = "") -> str:
        value = table.get(key, default)
        if value in allowed:
            return str(value)
        stated = f"“{value}”不可用," if key in table else f"缺少 {key},"
        self.wrong(_join(path, key) if key in table else path, f"{stated}可写:{'、'.join(allowed)}。")
        return allowed[0]

    def name(self, key: str) -> str:
        value = self.string(self.tree, "", key, required=True)
        if value and (not _NAME.fullmatch(value) or value in _RESERVED):
            self.wrong(key, f"{key} 须由小写字母、数字和下划线组成,以字母开头,且不是保留的名称。")
        return value

    def file(self, columns: tuple[Column, ...]) -> FileSpec:
        table = self.section("file")
        self.known(table, "file", _FILE)
        kind = Format(self.choice(table, "file", "format", list(Format)))
        remote = kind in (Format.SQL, Format.REST)
        spec = FileSpec(
            path=self.string(table, "file", "path", required=not remote),
            format=kind,
            encoding=self.choice(table, "file", "encoding", _ENCODINGS, "utf-8"),
            delimiter=self.string(table, "file", "delimiter", ","),
            quote=self.string(table, "file", "quote", '"' if kind is Format.CSV else ""),
            header=self.flag(table, "file", "header", default=kind in (Format.CSV, Format.EXCEL)),
            multiline=self.flag(table, "file", "multiline"),
            trailer=self.string(table, "file", "trailer"),
            sheet=self.string(table, "file", "sheet"),
            parts=self.flag(table, "file", "parts"),
            zone=self.string(table, "file", "zone", "Asia/Shanghai"),
            nulls=self.texts(table, "file", "nulls"),
            address=self.string(table, "file", "address", required=remote),
            table=self.string(table, "file", "table", required=remote),
            cursor=self.string(table, "file", "cursor"),
            options=table["options"] if isinstance(table.get("options"), Mapping) else None,
        )
        self.file_sense(spec, columns)
        return spec

    def file_sense(self, spec: FileSpec, columns: tuple[Column, ...]) -> None:
        if spec.format is Format.CSV and len(spec.delimiter.encode()) != 1:
            self.wrong("file.delimiter", "delimiter 须是一个字符。")
        if spec.trailer and "{rows}" not in spec.trailer:
            self.wrong("file.trailer", "trailer 里要用 {rows} 标出行数的位置。")
        if spec.path.startswith("/") or ".." in spec.path.split("/"):
            self.wrong("file.path", "path 须是数据源目录下的相对路径。")
        if spec.cursor and spec.cursor not in {column.name for column in columns}:
            self.wrong("file.cursor", f"没有名为 {spec.cursor} 的列。")
        token = (spec.options or {}).get("token", "")
        for variable in (spec.address, token):
            if variable and not _VARIABLE.fullmatch(str(variable)):
                self.wrong("file.address", f"“{variable}”须是以 LIUKE_SOURCE_ 开头的环境变量名,不能直接写地址或密钥。")
        for column in columns:
            if spec.format is Format.FIXED and not column.of and column.width < 1:
                self.wrong(f"columns.{column.name}", "定长文件的每一列都要写 width(字节数)。")

    def load(self) -> LoadSpec:
        table = self.section("load")
        self.known(table, "load", _LOAD)
        text = self.string(table, "load", "cadence", "1d")
        try:
            cadence = cadence_of(text)
        except ValueError:
            self.wrong("load.cadence", f"“{text}”不是周期,可写 1m(分)、1h(时)、1d(日)、1w(周)等。")
            cadence = cadence_of("1d")
        percent = table.get("max_bad_percent", 5)
        if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:
            self.wrong("load.max_bad_percent", "max_bad_percent 须在 0 到 100 之间。")
            percent = 5
        return LoadSpec(
            mode=Mode(self.choice(table, "load", "mode", list(Mode))),
            cadence=cadence,
            cadence_text=text,
            known_at=KnownAt(self.choice(table, "load", "known_at", list(KnownAt), KnownAt.FILE_DATE)),
            max_bad_percent=float(percent),
            future_days=self.integer(table, "load", "future_days", 1),
        )

    def columns(self) -> tuple[Column, ...]:
        found = tuple(self.column(name, value) for name, value in self.section("columns").items())
        names = {column.name for column in found}
        if not found:
            self.wrong("columns", "至少要写一列 [columns]。")
        for column in found:
            for part in column.of:
                if part not in names:
                    self.wrong(f"columns.{column.name}", f"of 里的 {part} 不是已写明的列。")
        return found

    def column(self, name: str, value: object) -> Column:
        path = f"columns.{name}"
        if not isinstance(value, Mapping):
            self.wrong(path, '列要写成 { type = "text", meaning = "…" }。')
            value = {}
        self.known(value, path, _COLUMN)
        kind = ColumnType(self.choice(value, path, "type", list(ColumnType), ColumnType.TEXT))
        if value.get("scale", 4) not in range(7):
            self.wrong(path, "scale 须在 0 到 6 之间。")
        return Column(
            name=name,
            type=kind,
            format=self.form(value, path, kind),
            pi=PiClass(self.choice(value, path, "pi", list(PiClass))),
            meaning=self.string(value, path, "meaning", required=True),
            required=self.flag(value, path, "required"),
            width=self.integer(value, path, "width", 0),
            scale=self.integer(value, path, "scale", 4),
            century=self.integer(value, path, "century", 0),
            nulls=self.texts(value, path, "nulls"),
            of=self.texts(value, path, "of"),
        )

    def form(self, table: Mapping[str, Any], path: str, kind: ColumnType) -> str:
        if kind in FORMATS:
            return self.choice(table, path, "format", FORMATS[kind], FORMATS[kind][0])
        text = self.string(table, path, "format")
        if kind is ColumnType.DATE:
            text = text or "yyyy-mm-dd"
            if "y" not in text or "d" not in text:
                self.wrong(path, f"“{text}”不是日期格式,例如 yyyymmdd、yyyy/mm/dd。")
        if kind is ColumnType.TIME:
            text = text or "yyyy-mm-dd HH:MM:SS"
            if text not in EPOCHS and ("y" not in text or "d" not in text):
                self.wrong(path, f"“{text}”不是时间格式,例如 yyyymmddHHMMSS、epoch_s。")
        return text

    def code_table(self, key: str, value: object) -> Mapping[str, str]:
        if isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
            return dict(value)
        self.wrong(f"codes.{key}", '代码表要写成 "来源代码" = "标准代码"。')
        return {}

    def check(self, number: int, table: Mapping[str, Any]) -> Check:
        path = f"checks[{number}]"
        self.known(table, path, {"rule", "reason"})
        return Check(self.string(table, path, "rule", required=True), self.string(table, path, "reason", required=True))

    def reference(self, number: int, table: Mapping[str, Any], columns: tuple[Column, ...]) -> Reference:
        path = f"references[{number}]"
        self.known(table, path, {"column", "table", "reason"})
        return Reference(
            column=self.choice(table, path, "column", [column.name for column in columns]),
            table=self.choice(table, path, "table", list(CANONICAL)),
            reason=self.string(table, path, "reason", required=True),
        )

    def lookup(self, name: str, table: object) -> Lookup:
        path = f"lookups.{name}"
        if not isinstance(table, Mapping):
            self.wrong(path, f"要写成一节 [lookups.{name}]。")
            table = {}
        self.known(table, path, {"from", "table", "match", "take", "where"})
        target = self.choice(table, path, "table", list(CANONICAL))
        columns = [column.name for column in CANONICAL[target].columns]
        where = table.get("where", {})
        if not isinstance(where, Mapping) or any(
            key not in columns or not isinstance(where[key], str) for key in where
        ):
            self.wrong(path, 'where 要写成 { 标准列 = "值" }。')
            where = {}
        return Lookup(
            name=name,
            source=self.string(table, path, "from", required=True),
            table=target,
            match=self.choice(table, path, "match", columns),
            take=self.choice(table, path, "take", columns),
            where=dict(where),
        )

    def targets(self, codes: Mapping[str, Mapping[str, str]]) -> tuple[Target, ...]:
        found = tuple(self.target(number, one, codes) for number, one in enumerate(self.listed("tables")))
        if not found:
            self.wrong("tables", "至少要写一张标准表 [[tables]]。")
        return found

    def target(self, number: int, table: Mapping[str, Any], codes: Mapping[str, Mapping[str, str]]) -> Target:
        path = f"tables[{number}]"
        self.known(table, path, _TARGET)
        name = self.choice(table, path, "table", list(CANONICAL))
        columns = table.get("columns", {}) if table.get("table") in CANONICAL else {}
        known = {column.name for column in CANONICAL[name].columns}
        mapped: dict[str, Mapped] = {}
        for column, value in columns.items() if isinstance(columns, Mapping) else ():
            place = f"{path}.columns.{column}"
            if column not in known:
                self.wrong(place, f"标准表 {name} 没有列 {column}。")
            mapped[column] = self.mapped(place, value, codes)
        return Target(
            table=name,
            key=self.string(table, path, "key", required=True),
            event_time=self.string(table, path, "event_time"),
            when=self.string(table, path, "when"),
            columns=mapped,
        )

    def mapped(self, path: str, value: object, codes: Mapping[str, Mapping[str, str]]) -> Mapped:
        if isinstance(value, str):
            return Mapped(value)
        if not isinstance(value, Mapping):
            self.wrong(path, '要写成表达式的文字,或 { from = "列", codes = "代码表" }。')
            return Mapped("null")
        self.known(value, path, {"from", "codes"})
        table = self.string(value, path, "codes", required=True)
        if table not in codes:
            self.wrong(path, f"没有名为 {table} 的代码表 [codes.{table}]。")
        return Mapped(self.string(value, path, "from", required=True), table)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
