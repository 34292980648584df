"""Columns written stretch by stretch: in any order, by several threads, as narrow as what they hold."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.data.tags.model import Kind
from liuke.data.tags.snapshot.files import BitsFile, NumbersFile

_STRETCH = 16
#: Most of a stretch's numbers are below one of these, so that widths differ between stretches.
_MOST = (3, 300, 100_000, 2**40)

stretches = st.lists(
    st.sampled_from(_MOST).flatmap(
        lambda most: st.lists(st.tuples(st.integers(-most, most), st.booleans()), min_size=_STRETCH, max_size=_STRETCH)
    ),
    min_size=1,
    max_size=6,
)


@given(stretches=stretches, order=st.randoms(use_true_random=False), cut=st.integers(0, _STRETCH - 1))
def test_numbers_put_in_any_order_are_one_column_of_the_narrowest_type(stretches, order, cut) -> None:
    told = np.array([[value for value, _ in one] for one in stretches], np.int64)
    gone = np.array([[is_gone for _, is_gone in one] for one in stretches], np.bool_)
    size = told.size - cut
    gone.reshape(-1)[size:] = True
    wanted = np.where(gone, 0, told).reshape(-1)[:size]
    places = list(range(len(stretches)))
    order.shuffle(places)
    with TemporaryDirectory() as folder:
        file = NumbersFile(Path(folder) / "x.values")
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(file.put, at * _STRETCH, told[at], gone[at]) for at in places]:
                done.result()
        file.finish(size)
        assert [one.name for one in Path(folder).iterdir()] == ["x.values"]
        kept = np.fromfile(file.path, file.dtype)
    assert np.array_equal(kept, wanted)
    assert file.count == np.count_nonzero(wanted)
    narrowest = next(one for one in (np.int8, np.int16, np.int32, np.int64) if (wanted.astype(one) == wanted).all())
    assert file.dtype == narrowest


def test_a_column_nobody_put_anything_into_is_there_and_empty(tmp_path: Path) -> None:
    file = NumbersFile(tmp_path / "x.values")
    file.finish(3)
    assert np.fromfile(file.path, file.dtype).tolist() == [0, 0, 0]


def test_a_word_beyond_the_largest_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OverflowError):
        NumbersFile(tmp_path / "x.values", Kind.WORD).put(0, np.array([256]), np.array([False]))


@given(flags=st.lists(st.booleans(), min_size=1, max_size=100), cut=st.integers(0, 7))
def test_flags_put_in_any_order_are_packed_bits(flags, cut) -> None:
    told = np.array(flags)
    size = max(1, len(told) - cut)
    told[size:] = False
    with TemporaryDirectory() as folder:
        file = BitsFile(Path(folder) / "x.missing")
        for begin in reversed(range(0, len(told), 8)):
            file.put(begin, told[begin : begin + 8])
        assert Path(file.path).exists() == bool(told.any())
        file.finish(size)
        kept = np.fromfile(file.path, np.uint8)
    assert np.array_equal(np.unpackbits(kept, count=size, bitorder="little").view(np.bool_), told[:size])
    assert file.count == told.sum()
