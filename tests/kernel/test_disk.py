"""What was written is brought to the disk, and what is not there is said."""

from pathlib import Path

import pytest

from liuke.kernel.disk import flush


def test_a_file_and_the_names_of_its_folder_are_flushed_and_nothing_stays_open(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"1")
    opened = Path("/proc/self/fd")
    before = len(list(opened.iterdir()))
    flush(file)
    flush(tmp_path)
    assert len(list(opened.iterdir())) == before


def test_what_is_not_there_cannot_be_flushed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        flush(tmp_path / "x")
