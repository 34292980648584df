"""The log: what was acknowledged is read again, whole, once, whatever happened in between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.data.behaviour import builders as make

from liuke.data.behaviour.follow import folder
from liuke.data.behaviour.intake import record
from liuke.data.behaviour.intake.tail import Tail
from liuke.kernel.bank import Bank

_WRITER = Path(__file__).with_name("writer.py")


def _writer(log: Path, *, most_bytes: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(_WRITER), str(log), str(most_bytes)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def test_a_batch_is_read_as_it_was_sent(app: Bank) -> None:
    events = [make.an_event(), make.an_event("U2", page="存款")]
    make.send(app, events, received=5, skew=7)
    [found] = Tail(folder(app) / "log").read()
    assert (found.body, found.lines, found.received, found.skew) == (make.body_of(events), 2, 5, 7)


def test_batches_of_several_processes_are_each_read_once(app: Bank) -> None:
    tail = Tail(folder(app) / "log")
    for number in range(3):
        make.send(app, [make.an_event()], received=number)
    assert sorted(one.received for one in tail.read()) == [0, 1, 2]
    assert tail.read() == []
    assert tail.backlog() == 0


def test_a_write_that_was_cut_off_is_passed_over_once_its_writer_is_gone(app: Bank) -> None:
    make.send(app, [make.an_event()])
    [segment] = (folder(app) / "log").glob("*.log")
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[:-9])
    tail = Tail(folder(app) / "log")
    assert len(tail.read()) == 1
    assert tail.read() == []
    assert tail.backlog() == 0


def test_damage_in_the_middle_costs_only_the_damaged_record(app: Bank) -> None:
    make.send(app, [make.an_event()])
    [segment] = (folder(app) / "log").glob("*.log")
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-3] + b"xxx" + whole)
    tail = Tail(folder(app) / "log")
    assert [one.body for one in [*tail.read(), *tail.read()]] == [whole[record.HEADER_BYTES :]]


def test_a_segment_is_deleted_only_when_it_is_finished_and_committed(app: Bank) -> None:
    make.send(app, [make.an_event()])
    [segment] = (folder(app) / "log").glob("*.log")
    tail = Tail(folder(app) / "log")
    tail.read()
    assert tail.sweep({}) == []
    assert tail.sweep({segment.name: 10}) == []
    assert tail.sweep(dict(tail.places)) == [segment.name]
    assert not segment.exists()


@pytest.mark.parametrize("turn", range(3))
def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path, turn: int) -> None:
    with _writer(tmp_path) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline()]
        time.sleep(0.15 + 0.1 * turn)
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read().splitlines()
    acknowledged = {int(line) for line in told if line.strip().isdigit()}
    tail, found = Tail(tmp_path), set()
    while records := tail.read():
        found |= {one.received for one in records}
    assert acknowledged
    assert acknowledged <= found


def test_a_full_disk_refuses_what_does_not_fit_and_harms_nothing_before(tmp_path: Path) -> None:
    with _writer(tmp_path, most_bytes=200_000) as writer:
        assert writer.stdout is not None
        told = writer.stdout.read().split()
    assert writer.returncode == 0
    refused, acknowledged = told[-1], {int(one) for one in told[:-1]}
    found = {one.received for one in Tail(tmp_path).read()}
    assert refused == b"DiskFull"
    assert found == acknowledged
    assert sum(path.stat().st_size for path in tmp_path.glob("*.log")) <= 200_000
