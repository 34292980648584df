"""What others may ask of tags: the catalogue, a snapshot, the definitions."""

from datetime import date

from liuke.data.tags import store
from liuke.data.tags.define.book import Book, bind
from liuke.data.tags.snapshot import read
from liuke.data.tags.snapshot.model import Snapshot
from liuke.kernel import rule
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank


def book(bank: Bank) -> Book:
    """The definitions in force, checked, each after those it is computed from."""
    with bank.read(Actor.system("tags")) as tx:
        return bind(store.live(tx))


def catalogue(bank: Bank) -> rule.Catalogue:
    """What rules over tags may name: every live tag by its code, its Chinese name as the label."""
    return book(bank).catalogue()


def days(bank: Bank) -> list[date]:
    """The days there is a snapshot of, oldest first."""
    return read.days(store.root(bank))


def open(bank: Bank, as_of: date | None = None) -> Snapshot:  # noqa: A001  (tags.open, as its users say it)
    """The newest published snapshot, or that of a day. Raises NoSnapshot, NoSuchDay."""
    folder = store.root(bank)
    return read.newest(folder) if as_of is None else read.of_day(folder, as_of)
