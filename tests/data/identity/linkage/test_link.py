"""The link command's verb on real public data and on bad input."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.data.identity.judge import pair_figures
from typer.testing import CliRunner

from liuke.app.cli.identity import identity_cli
from liuke.data import identity
from liuke.data.identity.linkage.link import ColumnMissing, FileUnreadable, IdsNotUnique, TooFew
from liuke.data.identity.linkage.spec import SpecInvalid

SPECS = Path(__file__).parents[1] / "specs"


def truth_of(record_ids: list[str]) -> np.ndarray:
    return np.array([int(re.search(r"rec-(\d+)", record)[1]) for record in record_ids])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "files"), [("febrl3", ["dataset3.csv"]), ("febrl4", ["dataset4a.csv", "dataset4b.csv"])]
)
def test_febrl_is_linked_through_the_command_almost_without_error(shared_data, tmp_path, name, files) -> None:
    out = tmp_path / "clusters.parquet"
    paths = [str(shared_data / "identity" / file) for file in files]
    ran = CliRunner().invoke(identity_cli, ["link", *paths, "--spec", str(SPECS / f"{name}.toml"), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    table = pq.read_table(out)
    assert table.column_names == ["file", "record_id", "cluster_id"]
    figures = pair_figures(table["cluster_id"].to_numpy(), truth_of(table["record_id"].to_pylist()))
    assert figures.f1 >= 0.99


def a_spec(**changes: object) -> identity.Spec:
    text = 'id = "id"\n[columns]\nname = "name"\nborn = "date"\n'
    return identity.parse_spec(text)


def a_file(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_missing_file_is_said_in_one_sentence(tmp_path) -> None:
    with pytest.raises(FileUnreadable, match=r"none\.csv"):
        identity.link([tmp_path / "none.csv"], spec=a_spec())


def test_a_missing_column_is_named_with_those_there_are(tmp_path) -> None:
    with pytest.raises(ColumnMissing, match=r"没有列 born.*id、name"):
        identity.link([a_file(tmp_path, "id,name\n1,a\n2,b\n")], spec=a_spec())


def test_a_repeated_record_id_is_refused(tmp_path) -> None:
    with pytest.raises(IdsNotUnique, match="编号 7"):
        identity.link([a_file(tmp_path, "id,name,born\n7,a,2000-01-01\n7,b,2001-01-01\n")], spec=a_spec())


def test_a_file_without_two_records_is_refused(tmp_path) -> None:
    with pytest.raises(TooFew):
        identity.link([a_file(tmp_path, "id,name,born\n7,a,2000-01-01\n")], spec=a_spec())


def test_a_file_in_another_encoding_is_refused_plainly(tmp_path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes("id,name,born\n1,张三,2000-01-01\n2,李四,2001-01-01\n".encode("gbk"))
    with pytest.raises(FileUnreadable):
        identity.link([path], spec=a_spec())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "TOML"),
        ('[columns]\nname = "name"', "缺少 id"),
        ('id = "id"\n[columns]\nname = "nmae"', "是否想写 name"),
        ('id = "id"\nmod = "link"\n[columns]\nname = "name"', "是否想写 mode"),
        ('id = "id"\nprobability = 2\n[columns]\nname = "name"', "0 与 1 之间"),
        ('id = "id"\nblocks = [["nam"]]\n[columns]\nname = "name"', "是否想写 name"),
        ('id = "id"\n[columns]', "空的"),
    ],
)
def test_a_wrong_specification_says_what_is_wrong(text, said) -> None:
    with pytest.raises(SpecInvalid, match=said):
        identity.parse_spec(text)


def test_the_same_seed_gives_the_same_clusters_and_parquet_reads_like_csv(tmp_path) -> None:
    rng = np.random.default_rng(3)
    people = [
        (f"{a}{b}", f"19{y:02d}-0{m}-1{d}") for a, b, y, m, d in zip(*(rng.integers(1, 9, (5, 60)) + 90), strict=True)
    ]
    rows = [(str(i), f"name {p[0]}", p[1].replace("-09", "-0").replace("-19", "-1")) for i, p in enumerate(people * 2)]
    csv = a_file(tmp_path, "id,name,born\n" + "\n".join(",".join(row) for row in rows))
    parquet = tmp_path / "a.parquet"
    ids, names, born = zip(*rows, strict=True)
    pq.write_table(pa.table({"id": ids, "name": names, "born": born}), parquet)
    first, again, other = (identity.link([file], spec=a_spec()).table["cluster_id"] for file in (csv, csv, parquet))
    assert first.to_pylist() == again.to_pylist() == other.to_pylist()
