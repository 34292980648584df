#!/usr/bin/env python3
"""留客存证日志离线核验程序 · offline verifier of Liuke's audit log. One file, Python 3.8+, nothing else.

    python3 verify_audit.py <log folder> [--witness <folder>]… [--key <public key .pem, or its name>]…
    python3 verify_audit.py <evidence pack .json> [--key …]…

It hashes every line again (SM3 or SHA-256), follows the chain, computes the Merkle roots (RFC 9162) and compares them
with the signed checkpoints, checks the signatures (Ed25519, SM2), what lies beside the entries, the tree and offset
files, and the checkpoints that witnesses keep. It names the entry or segment of whatever does not fit. Without --key
the log can only be shown to be consistent with itself: get the key's name from the bank by another way.
Exit code: 0 nothing wrong, 1 something wrong, 2 cannot be read. The format is described in docs/audit.md.
"""

# It must run on an auditor's old Python, without our tools:
# ruff: noqa: ANN001, ANN201, ANN202, ANN204, B905, T201, UP031

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
from pathlib import Path

LEAF, NODE, BESIDE, CHECKPOINT, CLEAR = b"\0", b"\1", b"\2", b"\3", b"\4"
SUFFIXES = ("log", "beside", "offsets", "checkpoints")
PER_FILE = 1 << 20
NOWHERE = 2**64 - 1


# digests: GB/T 32905-2016 (SM3)


def sm3_plain(data):
    """SM3 in plain Python, for an OpenSSL without it."""
    m32 = 0xFFFFFFFF

    def rol(x, n):
        n &= 31
        return ((x << n) | (x >> (32 - n))) & m32

    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    data = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    for at in range(0, len(data), 64):
        w = list(struct.unpack(">16I", data[at : at + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rol(w[j - 3], 15)
            w.append(x ^ rol(x, 15) ^ rol(x, 23) ^ rol(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            s1 = rol((rol(a, 12) + e + rol(0x79CC4519 if j < 16 else 0x7A879D8A, j)) & m32, 7)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
            t1 = (ff + d + (s1 ^ rol(a, 12)) + (w[j] ^ w[j + 4])) & m32
            t2 = (gg + h + s1 + w[j]) & m32
            d, c, b, a = c, rol(b, 9), a, t1
            h, g, f, e = g, rol(f, 19), e, t2 ^ rol(t2, 9) ^ rol(t2, 17)
        v = [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]
    return struct.pack(">8I", *v)


def digest_of(name):
    """The digest function of this name."""
    if name == "sha256":
        return lambda data: hashlib.sha256(data).digest()
    if name != "sm3":
        raise ValueError(f"unknown digest {name!r}")
    return (lambda data: hashlib.new("sm3", data).digest()) if "sm3" in hashlib.algorithms_available else sm3_plain


# signatures: RFC 8032 (Ed25519), GB/T 32918.2-2016 and 32918.5-2017 (SM2)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def ed_point(data):
    """The curve point in 32 bytes, in extended coordinates; None when there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def ed_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def ed_times(k, point):
    found = (0, 1, 1, 0)
    while k:
        if k & 1:
            found = ed_add(found, point)
        point, k = ed_add(point, point), k >> 1
    return found


ED_BASE = ed_point(bytes([0x58]) + b"\x66" * 31)


def ed25519_fits(public, data, signature):
    """Whether an Ed25519 signature fits."""
    point, r = ed_point(public), ed_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or point is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + data).digest(), "little") % L
    left, right = ed_times(s, ED_BASE), ed_add(r, ed_times(k, point))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


SP = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SB = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SN = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SG = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


def sm2_add(p, q):
    """Points of the SM2 curve in affine coordinates; None is the point at infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % SP == 0:
            return None
        slope = 3 * (p[0] * p[0] - 1) * pow(2 * p[1], SP - 2, SP) % SP
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], SP - 2, SP) % SP
    x = (slope * slope - p[0] - q[0]) % SP
    return x, (slope * (p[0] - x) - p[1]) % SP


def sm2_times(k, point):
    found = None
    while k:
        if k & 1:
            found = sm2_add(found, point)
        point, k = sm2_add(point, point), k >> 1
    return found


def sm2_fits(public, data, signature):
    """Whether an SM2 signature (DER of r and s) under the default user id fits."""
    numbers = re.fullmatch(rb"\x30.\x02(.)(.+)", signature, re.S)
    if not numbers or len(signature) != signature[1] + 2:
        return False
    size, rest = numbers[1][0], numbers[2]
    r, tail = int.from_bytes(rest[:size], "big"), rest[size:]
    if tail[:1] != b"\x02" or len(tail) < 3 or len(tail) != tail[1] + 2:
        return False
    s = int.from_bytes(tail[2:], "big")
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    if not (0 < r < SN and 0 < s < SN) or (y * y - x**3 + 3 * x - SB) % SP or (r + s) % SN == 0:
        return False
    sm3, user = digest_of("sm3"), b"1234567812345678"
    curve = b"".join(n.to_bytes(32, "big") for n in (SP - 3, SB, *SG))
    z = sm3(struct.pack(">H", len(user) * 8) + user + curve + public)
    e = int.from_bytes(sm3(z + data), "big")
    point = sm2_add(sm2_times(s, SG), sm2_times((r + s) % SN, (x, y)))
    return point is not None and (e + point[0]) % SN == r


ED_HEAD = bytes.fromhex("302a300506032b6570032100")
SM2_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


def public_key(pem):
    """Name of a public key (PEM) and the function that checks its signatures. Raises ValueError."""
    body = re.fullmatch(r"-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n", pem)
    if not body:
        raise ValueError("not a public key")
    der = base64.b64decode(body[1])
    flat = base64.b64encode(der).decode()
    if body[1] != "\n".join(flat[at : at + 64] for at in range(0, len(flat), 64)):
        raise ValueError("not in canonical form")
    if der.startswith(ED_HEAD) and len(der) == 44:
        return digest_of("sha256")(der).hex()[:32], lambda data, made: ed25519_fits(der[12:], data, made)
    if der.startswith(SM2_HEAD) and len(der) == 91:
        return digest_of("sm3")(der).hex()[:32], lambda data, made: sm2_fits(der[27:], data, made)
    raise ValueError("neither Ed25519 nor SM2")


# the log


def canonical(facts):
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Edge:
    """The right edge of the Merkle tree; ``stored`` collects the hashes of levels 0, 8, 16 and 24."""

    def __init__(self, digest):
        self.digest, self.size, self.waiting = digest, 0, {}
        self.stored = {0: bytearray(), 8: bytearray(), 16: bytearray(), 24: bytearray()}

    def add(self, found):
        level, self.size = 0, self.size + 1
        while True:
            if level in self.stored:
                self.stored[level] += found
            left = self.waiting.pop(level, None)
            if left is None:
                self.waiting[level] = found
                return
            found, level = self.digest(NODE + left + found), level + 1

    def root(self):
        found = None
        for level in sorted(self.waiting):
            found = self.waiting[level] if found is None else self.digest(NODE + self.waiting[level] + found)
        return found or self.digest(b"")


class Verifier:
    """Verifies one log folder. ``faults`` are (segment, entry, sentence)."""

    def __init__(self, folder, pins):
        self.folder, self.pins, self.faults, self.keys = folder, pins, [], {}
        text = (folder / "log.json").read_bytes()
        self.header = json.loads(text)
        if canonical(self.header) + b"\n" != text or self.header.get("format") != "liuke-audit/1":
            self.say(None, None, "log.json 被改动")
        self.digest = digest_of(self.header["hash"])
        self.edge, self.leaf, self.size = Edge(self.digest), bytes(32), 0
        self.erased, self.ordered, self.used, self.broken = {}, set(), set(), False

    def say(self, segment, entry, sentence):
        self.faults.append((segment, entry, sentence))

    def run(self, witnesses, every):
        self.read_keys()
        names = sorted(path.stem for path in (self.folder / "segments").glob("*.log"))
        names.sort(key=lambda name: int(name.rpartition("-")[2]))
        self.points = [(name, line) for name in names for line in self.lines(name, "checkpoints")]
        signed = self.follow(every)
        for name in names:
            self.segment(name, signed)
        last = max(signed, default=0)
        if self.size < last:
            self.say(names[-1], self.size, f"检查点记有 {last} 条，日志只有 {self.size} 条：末尾被截断")
        if self.size > last:
            self.say(names[-1], last, f"第 {last} 条起没有签名：检查点被删除，或写入进程未正常结束")
        for n in sorted(set(self.erased) - self.ordered):
            self.say(self.erased[n], n, f"第 {n} 条旁存的内容被清除，却没有删除记录")
        self.files(names)
        for witness in witnesses:
            self.compare(witness)
        return self.faults

    def read_keys(self):
        for path in sorted((self.folder / "keys").glob("*.pem")):
            try:
                name, fits = public_key(path.read_bytes().decode("ascii"))
            except ValueError:
                name = ""
            if name == path.stem:
                self.keys[name] = fits
            else:
                self.say(None, None, f"公钥文件 {path.name} 被改动")

    def lines(self, name, suffix):
        path = self.folder / "segments" / f"{name}.{suffix}"
        if not path.exists():
            self.say(name, None, f"{path.name} 缺失")
            return
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]
                else:
                    self.say(name, None, f"{path.name} 的最后一行不完整")

    def follow(self, every):
        """Follow the checkpoints; returns those that hold, by size."""
        previous, before, signed = "0" * 64, None, {}
        for at, (name, line) in enumerate(self.points):
            try:
                text, made = line.rsplit(b" ", 1)
                facts, signature = json.loads(text), bytes.fromhex(made.decode("ascii"))
                good = canonical(facts) == text and signature.hex().encode() == made
                size = facts["size"]
            except (ValueError, KeyError, TypeError):
                good = False
            if not good:
                self.say(name, None, f"第 {at} 个检查点被改动")
                continue
            here = f"大小为 {size} 的检查点"
            if facts["previous"] != previous:
                self.say(name, None, f"{here}与前一个不相连：其间有检查点被改动、删除或插入")
            if (facts["log"], facts["hash"], facts["segment"]) != (self.header["log"], self.header["hash"], name):
                self.say(name, None, f"{here}不属于这里")
            if before and (size < before["size"] or before["sealed"] == (before["segment"] == name)):
                self.say(name, None, f"{here}倒退，或在封存之外更换日志段")
            self.key(name, before, facts, here)
            last = at + 1 == len(self.points) or self.points[at + 1][0] != name
            if every or last or facts["next_key"]:
                fits = self.keys.get(facts["key"], lambda _data, _made: False)
                if not fits(b"liuke-audit-checkpoint\n" + text, signature):
                    self.say(name, None, f"{here}签名不符，或缺少公钥 {facts['key']}")
            previous, before = self.digest(CHECKPOINT + line).hex(), facts
            signed[size] = facts
        return signed

    def key(self, name, before, facts, here):
        key = facts["key"]
        expected = (before["next_key"] or before["key"]) if before else self.header["first_key"]
        if key != expected and (before is None or key not in self.pins):
            self.say(name, facts["size"], f"{here}改用密钥 {key}，没有原密钥的签名：密钥被更换")
        if before is None and self.pins and key not in self.pins:
            self.say(name, None, f"首个密钥 {key} 不是所指定的密钥：密钥被更换")
        self.used |= {key, facts["next_key"]} - {""}

    def segment(self, name, signed):
        """One segment: lines, what lies beside them, roots, offsets."""
        first = int(name.rpartition("-")[2])
        if first != self.size and not self.broken:
            self.say(name, self.size, f"应从第 {self.size} 条开始，却从第 {first} 条开始：有日志段缺失或被改名")
            self.broken, self.size = True, first
        beside, offsets, log_at, beside_at = self.lines(name, "beside"), bytearray(), 0, 0
        for line in self.lines(name, "log"):
            n = self.size
            if not line.startswith(b"%s %d " % (self.leaf.hex().encode(), n)):
                n = self.break_at(name, line, n)
            self.leaf = self.digest(LEAF + line)
            where, held = NOWHERE, None
            if b'"sealed":"' in line or b'"audit.erased"' in line:
                held = self.inside(name, line, n)
            if held:
                where, other = beside_at, next(beside, b"")
                beside_at += len(other) + 1
                self.beside(name, n, other, held)
            offsets += struct.pack("<QQ", log_at, where)
            log_at, self.size = log_at + len(line) + 1, n + 1
            if not self.broken:
                self.edge.add(self.leaf)
                point = signed.get(self.size)
                if point and (self.edge.root().hex() != point["root"] or self.leaf.hex() != point["last"]):
                    self.say(name, None, f"前 {self.size} 条的根与签名的根不符：本段有条目被改写")
        if next(beside, None) is not None:
            self.say(name, self.size, "旁存文件有多余的内容")
        path = self.folder / "segments" / f"{name}.offsets"
        if not self.broken and path.exists() and path.read_bytes() != bytes(offsets):
            self.say(name, None, "位置文件与条目不符")

    def break_at(self, name, line, n):
        self.broken = True
        number = line[65:].split(b" ", 1)[0]
        found = int(number) if number.isdigit() and len(number) < 16 else n
        if found != n:
            self.say(name, n, f"此处应为第 {n} 条，却是第 {found} 条：有条目被删除、插入或调换")
            return found
        tree = self.folder / "tree" / "0" / f"{max(n - 1, 0) // PER_FILE:06d}"
        at = (n - 1) % PER_FILE * 32
        stored = tree.read_bytes()[at : at + 32] if n and tree.exists() else self.leaf
        edited = n if stored == self.leaf else n - 1
        self.say(name, edited, f"第 {edited} 条被改动")
        return n

    def inside(self, name, line, n):
        try:
            facts = json.loads(line.split(b" ", 2)[2])
        except ValueError:
            self.say(name, n, f"第 {n} 条不是规范的记录")
            return None
        if facts["kind"] == "audit.erased":
            self.ordered |= set(facts["payload"]["entries"])
        return facts.get("sealed")

    def beside(self, name, n, line, held):
        number, _, text = line.partition(b" ")
        if number != b"%d" % n or not text:
            if not self.broken:
                self.say(name, n, f"第 {n} 条旁存的内容缺失、被改动或错位")
            self.broken = True
        elif text == b"-" * len(text):
            self.erased[n] = name
        elif held != self.digest(BESIDE + text).hex():
            self.say(name, n, f"第 {n} 条旁存的内容被改动")

    def files(self, names):
        """Nothing is missing, nothing does not belong, and the tree files follow from the entries."""
        expected = {"log.json"} | {f"keys/{key}.pem" for key in self.used}
        expected |= {f"segments/{name}.{suffix}" for name in names for suffix in SUFFIXES}
        for level, hashes in self.edge.stored.items():
            for number in range((len(hashes) + PER_FILE * 32 - 1) // (PER_FILE * 32)):
                path = f"tree/{level}/{number:06d}"
                expected.add(path)
                wanted = bytes(hashes[number * PER_FILE * 32 : (number + 1) * PER_FILE * 32])
                found = (self.folder / path).read_bytes() if (self.folder / path).exists() else b""
                if found != wanted and not self.broken:
                    parts = range(0, len(wanted), 32)
                    at = next((i for i in parts if found[i : i + 32] != wanted[i : i + 32]), len(wanted))
                    n = number * PER_FILE + at // 32 << level
                    self.say(None, n, f"第 {n} 条与树文件 {path} 不符：条目或树文件被改动")
        present = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if not path.is_dir()}
        for path in sorted(present ^ expected) if not self.broken else ():
            self.say(None, None, f"{path} {'不属于本日志' if path in present else '缺失'}")

    def compare(self, witness):
        """Every checkpoint that a witness keeps must be in the log."""
        ours = {line for _, line in self.points}
        folder = witness / str(self.header["log"]) / "segments"
        paths = sorted(folder.glob("*.checkpoints"))
        kept = [(path, line) for path in paths for line in path.read_bytes().split(b"\n")[:-1]]
        if not kept:
            self.say(None, None, f"见证 {witness} 没有见过本日志：日志被整体替换，或见证目录不对")
        for path, line in kept:
            if line not in ours:
                self.say(path.stem, None, f"见证 {witness} 见过另一个检查点：日志被回退或改写")
                return


# evidence packs


def verify_pack(pack, pins):
    """Faults of an evidence pack."""
    faults, digest = [], digest_of(pack["log"]["hash"])
    text, made = pack["checkpoint"].encode().rsplit(b" ", 1)
    point = json.loads(text)
    name, fits = public_key(pack["keys"][point["key"]])
    if name != point["key"] or not fits(b"liuke-audit-checkpoint\n" + text, bytes.fromhex(made.decode())):
        faults.append((None, None, "检查点签名不符"))
    if pins and name not in pins:
        faults.append((None, None, f"密钥 {name} 不是所指定的密钥"))
    if point["log"] != pack["log"]["log"] or point["hash"] != pack["log"]["hash"]:
        faults.append((None, None, "检查点不属于本日志"))
    for entry in pack["entries"]:
        n, line = entry["n"], entry["line"].encode()
        _, number, facts = line.split(b" ", 2)
        held, beside = json.loads(facts).get("clear"), entry["beside"]
        root = climb(digest(LEAF + line), n, point["size"], [bytes.fromhex(step) for step in entry["path"]], digest)
        if int(number) != n or root is None or root.hex() != point["root"]:
            faults.append((None, n, f"第 {n} 条不在已签名的日志中"))
        if beside and digest(CLEAR + bytes.fromhex(beside["salt"]) + beside["text"].encode()).hex() != held:
            faults.append((None, n, f"第 {n} 条关于客户的内容被改动"))
    return faults


def climb(found, index, size, path, digest):
    """The root that a leaf and its path give. Source: RFC 9162, section 2.1.3.2."""
    place, last = index, size - 1
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = digest(NODE + step + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = digest(NODE + found + step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def pinned(given):
    """The name of a key given as its name or as a PEM file."""
    return given if re.fullmatch(r"[0-9a-f]{32}", given) else public_key(Path(given).read_text("ascii"))[0]


def main(arguments=None):
    options = argparse.ArgumentParser(description="留客存证日志离线核验")
    options.add_argument("what", type=Path, help="日志目录，或证据包 .json")
    options.add_argument("--witness", type=Path, action="append", default=[], help="见证目录，可多个")
    options.add_argument("--key", action="append", default=[], help="银行另行告知的公钥文件或密钥名，可多个")
    options.add_argument("--every-signature", action="store_true", help="逐个核验签名；默认每段核验最后一个")
    asked = options.parse_args(arguments)
    try:
        pins = {pinned(key) for key in asked.key}
        if asked.what.is_dir():
            verifier = Verifier(asked.what, pins)
            faults, size = verifier.run(asked.witness, asked.every_signature), verifier.size
        else:
            pack = json.loads(asked.what.read_text("utf-8"))
            faults, size = verify_pack(pack, pins), len(pack["entries"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as fault:
        print(f"✗ 无法读取，或已被改动：{type(fault).__name__} {fault}")
        return 2
    for segment, entry, sentence in faults[:100]:
        print("✗", " ".join(filter(None, [segment, entry is not None and f"#{entry}", sentence])))
    if not pins:
        print("! 没有指定公钥(--key)：只能证明日志自身一致，不能证明它由银行签署。")
    print(f"{'✗ 发现 %d 处问题' % len(faults) if faults else '✓ 未发现改动'}:{size} 条")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
