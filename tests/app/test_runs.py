"""Runs of long work as the jobs page shows them."""

from dataclasses import replace

from liuke.app import runs
from liuke.data import org
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import running


def test_a_run_names_who_started_it(bank: Bank, machine: Actor) -> None:
    user, _ = org.create_user(bank, machine, login="engineer", display="沈一鸣")
    for who in (machine, replace(machine, user_id=str(user.user_id))):
        with running(bank, who, job="ingest", target="core") as progress:
            run_id = progress.run_id
    listed = runs.list_runs(actor=machine, bank=bank).items
    assert {run.started_by_name for run in listed} == {"系统", "沈一鸣"}
    assert runs.show_run(actor=machine, bank=bank, run_id=run_id).started_by_name == "沈一鸣"
