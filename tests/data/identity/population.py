"""People who do not exist, as several systems of a bank would write them down, with the truth beside."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

SURNAMES = list(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
GIVEN = list(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志文玉红春梅辉宇浩鑫婷雪倩颖晨思雨欣怡佳琪子涵梓轩宇航浩然俊豪博文嘉懿诗涵雅琴凤珍琳素云莲真环荣爱妹香月莺媛瑞凡峰松岩柏舟帆海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子杰楠榕风航弘义兴良维启克伦翔旭鹏泽"
)
ROADS = list("解放人民中山建设和平文化新华青年长江黄河东风胜利光明幸福迎宾北京南京上海西湖延安")
AREAS = ["110101", "310104", "330106", "320102", "440103", "510104", "420106", "610103", "370102", "210102"]
CITIES = ["北京市", "上海市", "杭州市", "南京市", "广州市", "成都市", "武汉市", "西安市", "济南市", "沈阳市"]
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array(list("10X98765432"))


@dataclass(frozen=True)
class Population:
    parties: pa.Table
    person: np.ndarray  # (n,) the person behind each record


def make(records: int, *, seed: int = 1) -> Population:
    rng = np.random.default_rng(seed)
    people = max(2, int(records * 0.42))
    base = _people(rng, people)
    person = np.concatenate([np.arange(people), rng.integers(0, people, records - people)])
    rng.shuffle(person)
    source = rng.integers(0, 5, records)
    row = {name: values[person] for name, values in base.items()}
    _dirty(rng, row, source, records)
    names = np.array(["core", "loan", "card", "app", "callcentre"], object)
    table = pa.table(
        {
            "source": pa.array(names[source], pa.string()),
            "source_key": pa.array([f"{i:08d}" for i in range(records)], pa.string()),
            "kind": pa.array(["person"] * records),
            "name": pa.array(row["name"], pa.string()),
            "id_type": pa.array(["idcard"] * records),
            "id_no": pa.array(row["id"], pa.string()),
            "birth_date": pa.array(row["birth"].astype("datetime64[D]"), pa.date32(), mask=row["no_birth"]),
            "gender": pa.array(row["gender"], pa.string()),
            "phone": pa.array(row["phone"], pa.string()),
            "city": pa.array(row["city"], pa.string()),
            "address": pa.array(row["address"], pa.string()),
        }
    )
    return Population(table, person)


def _people(rng, n):
    share = 1 / (np.arange(len(SURNAMES)) + 4.0)
    given = 1 / (np.arange(len(GIVEN)) + 12.0)
    a = np.array(SURNAMES)[rng.choice(len(SURNAMES), n, p=share / share.sum())]
    b = np.array(GIVEN)[rng.choice(len(GIVEN), n, p=given / given.sum())]
    c = np.array(GIVEN)[rng.choice(len(GIVEN), n, p=given / given.sum())]
    c = np.where(rng.random(n) < 0.2, "", c)
    birth = np.datetime64("1940-01-01") + rng.integers(0, 24000, n)
    area = rng.integers(0, len(AREAS), n)
    seq = rng.integers(0, 1000, n)
    ymd = np.char.replace(birth.astype(str), "-", "")
    body = np.char.add(np.char.add(np.array(AREAS)[area], ymd), np.char.zfill(seq.astype(str), 3))
    digits = body.astype("U17").view("U1").reshape(n, 17).astype(int)
    ids = np.char.add(body, CHECKS[digits @ WEIGHTS % 11])
    phone = np.char.add("1", np.char.zfill(rng.integers(30_0000_0000, 99_9999_9999, n).astype(str), 10))
    family = rng.random(n) < 0.01
    phone[family] = phone[rng.integers(0, n, family.sum())]
    home = rng.integers(1, 300, (4, n)).astype(str)
    roads = np.array(ROADS)
    road = np.char.add(roads[rng.integers(0, len(ROADS), n)], roads[rng.integers(0, len(ROADS), n)])
    address = road
    for part, word in zip(home, ["路", "号", "幢", "单元"], strict=True):
        address = np.char.add(np.char.add(address, word), part)
    return {
        "name": np.char.add(np.char.add(a, b), c).astype(object),
        "id": ids.astype(object),
        "birth": birth,
        "gender": np.where(seq % 2 == 1, "M", "F").astype(object),
        "phone": phone.astype(object),
        "city": np.array(CITIES, object)[area],
        "address": address.astype(object),
    }


def _dirty(rng, row, source, n):
    gone = np.array([0.02, 0.02, 0.05, 0.3, 0.55])[source]
    ids = row["id"]
    typo = np.flatnonzero(rng.random(n) < 0.02)
    for i in typo:
        at = int(rng.integers(0, 17))
        ids[i] = ids[i][:at] + str((int(ids[i][at]) + 1 + int(rng.integers(0, 9))) % 10) + ids[i][at + 1 :]
    old = np.flatnonzero((rng.random(n) < 0.01) & (row["birth"] < np.datetime64("2000-01-01")))
    for i in old:
        if i not in set(typo.tolist()) if len(typo) < 100 else True:
            ids[i] = ids[i][:6] + ids[i][8:17] if ids[i][6:8] == "19" else ids[i]
    wide = np.flatnonzero(rng.random(n) < 0.01)
    for i in wide:
        ids[i] = "".join(chr(ord(c) + 0xFEE0) for c in ids[i])
    ids[rng.random(n) < gone] = None
    row["no_birth"] = rng.random(n) < np.array([0.01, 0.02, 0.02, 0.2, 0.6])[source]
    row["gender"][rng.random(n) < 0.1] = None
    changed = np.flatnonzero(rng.random(n) < 0.18)
    row["phone"][changed] = [f"1{int(x):010d}" for x in rng.integers(30_0000_0000, 99_9999_9999, len(changed))]
    reassigned = np.flatnonzero(rng.random(n) < 0.005)
    row["phone"][reassigned] = row["phone"][rng.integers(0, n, len(reassigned))]
    spaced = np.flatnonzero(rng.random(n) < 0.05)
    row["phone"][spaced] = [f"+86 {p[:3]}-{p[3:7]}-{p[7:]}" for p in row["phone"][spaced]]
    row["phone"][rng.random(n) < 0.03] = None
    for i in np.flatnonzero(rng.random(n) < 0.02):
        row["name"][i] = row["name"][i][:-1] + GIVEN[int(rng.integers(0, len(GIVEN)))]
    for i in np.flatnonzero(rng.random(n) < 0.02):
        row["name"][i] = f" {row['name'][i][0]} {row['name'][i][1:]}"
    row["address"][rng.random(n) < 0.25] = None
    row["city"][rng.random(n) < 0.05] = None
