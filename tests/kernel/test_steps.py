"""Steps run side by side, each after what it builds on; a fault lets nothing begin that builds on it."""

import threading

import pytest

from liuke.kernel.steps import Course, Step, carry_out


class Told:
    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, step: str, course: Course) -> None:
        self.said.append(f"{'+' if course is Course.BEGAN else '-'}{step}")


def test_two_steps_that_do_not_build_on_each_other_run_at_once() -> None:
    both = threading.Barrier(2, timeout=30)
    told = Told()
    carry_out([Step("a", both.wait), Step("b", both.wait)], told)
    assert sorted(told.said) == ["+a", "+b", "-a", "-b"]


def test_a_step_begins_when_all_it_builds_on_have_ended() -> None:
    done: list[str] = []
    steps = [
        Step("last", lambda: done.append("last"), ("left", "right")),
        Step("right", lambda: done.append("right"), ("first",)),
        Step("left", lambda: done.append("left"), ("first",)),
        Step("first", lambda: done.append("first")),
    ]
    carry_out(steps, Told())
    assert (done[0], set(done[1:3]), done[3]) == ("first", {"left", "right"}, "last")


def test_a_fault_is_raised_and_nothing_begins_after_it() -> None:
    def fails() -> None:
        raise OSError("no")

    told = Told()
    with pytest.raises(OSError, match="no"):
        carry_out([Step("a", fails), Step("b", lambda: None, ("a",))], told)
    assert told.said == ["+a"]


def test_the_step_beside_a_fault_ends_before_the_fault_is_raised() -> None:
    broken = threading.Event()
    done: list[str] = []

    def fails() -> None:
        broken.set()
        raise OSError("no")

    def goes_on() -> None:
        broken.wait(30)
        done.append("b")

    with pytest.raises(OSError, match="no"):
        carry_out([Step("a", fails), Step("b", goes_on)], Told())
    assert done == ["b"]


def test_steps_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        carry_out([Step("a", lambda: None, ("b",)), Step("b", lambda: None, ("a",))], Told())
