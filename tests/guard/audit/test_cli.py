"""``liuke audit verify`` on a folder: one line that says all is well, or what is not, and the exit code."""

from pathlib import Path

import pytest
from tests.guard.audit.builders import Place, a_place, fill, lines_of, write_lines
from typer.testing import CliRunner

from liuke.app.cli.audit import audit_app


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = a_place(tmp_path)
    fill(made, 20)
    return made


def verify(place: Place, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(audit_app, ["verify", "--folder", str(place.path), *more])
    return done.exit_code, done.output


def test_a_sound_log_is_said_to_be_sound(place: Place) -> None:
    code, said = verify(place, "--witness", str(place.witness), "--key", place.signer.key_id)
    assert code == 0
    assert "未发现改动" in said
    assert "20 条" in said


def test_what_was_changed_is_named_and_the_exit_code_is_one(place: Place) -> None:
    path = next(place.path.rglob("*.log"))
    lines = lines_of(path)
    write_lines(path, [*lines[:7], *lines[8:]])
    code, said = verify(place)
    assert code == 1
    assert "第 7 条" in said


def test_a_log_that_is_being_written_to_can_be_verified(place: Place) -> None:
    with place.open() as log:
        log.append([])
        assert verify(place, "--witness", str(place.witness))[0] == 0


def test_without_a_witness_it_says_what_cannot_be_seen(place: Place) -> None:
    assert "未指定见证或密钥" in verify(place)[1]


def test_a_folder_that_is_no_log_is_a_fault(tmp_path: Path) -> None:
    done = CliRunner().invoke(audit_app, ["verify", "--folder", str(tmp_path)])
    assert done.exit_code == 1
    assert "log.json" in done.output
