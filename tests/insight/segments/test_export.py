"""What leaves the house: asked with a reason, allowed by somebody else, within scope, traceable in every line."""

import csv
import hashlib
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from tests.insight.segments import town as make

from liuke.insight import segments
from liuke.insight.segments import Draft, service
from liuke.insight.segments.export import model, write
from liuke.insight.segments.export import service as export
from liuke.insight.segments.export.model import ExportContent, ExportFormat, ExportState
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden
from liuke.kernel.store.log import event_table

NUMBERS = {"format_": ExportFormat.CSV, "content": ExportContent.NUMBERS, "reason": "季度回访名单"}


@pytest.fixture
def segment(town: Bank) -> int:
    """A segment of five customers, 296 to 300."""
    return segments.create(town, make.analyst(), Draft("大客户", "aum > 5900000", "service")).id


def allowed(bank: Bank, actor: Actor, segment: int, **facts: Any) -> model.Export:
    asked = export.ask(bank, actor, segment, **(NUMBERS | facts))
    return export.decide(bank, make.judge(), asked.id, allow=True, answer="同意用于回访")


def test_an_export_goes_from_asking_to_the_file_and_every_step_is_written_down(town: Bank, segment: int) -> None:
    done = allowed(town, make.analyst(), segment)
    assert (done.state, done.customers) == (ExportState.ALLOWED, 5)
    file = export.fetch(town, make.analyst(), done.id)
    rows = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig"))))
    numbers = {town.keys.customer_numbers.encode(n) for n in range(296, 301)}
    assert rows[0] == ["客户号", "导出编号"]
    assert {row[0] for row in rows[1:]} == numbers
    assert {row[1] for row in rows[1:]} == {export.trace(done)}
    with town.read(make.judge()) as tx:
        asked = select(event_table).where(event_table.c.kind.startswith("segment.export")).order_by(event_table.c.seq)
        written = tx.rows(asked)
    assert [row["kind"] for row in written] == [
        "segment.export_asked",
        "segment.export_decided",
        "segment.exported",
    ]
    assert written[-1]["payload"]["digest"] == hashlib.sha256(file.body).hexdigest()
    assert export.find(town, make.analyst(), segment_id=segment, cursor=None, limit=5).items[0].digest


def test_a_list_holds_what_the_askers_role_and_scope_allow(town: Bank, segment: int) -> None:
    done = allowed(town, make.head(), segment, format_=ExportFormat.XLSX, content=ExportContent.LIST)
    assert done.customers == 2
    file = export.fetch(town, make.head(), done.id)
    sheet = openpyxl.load_workbook(io.BytesIO(file.body)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "内部资料" in rows[0][0]
    assert export.trace(done) in rows[0][0]
    assert rows[1] == [*write.HEADINGS, write.TRACE]
    assert [row[3] for row in rows[2:]] == [299 * 20_000, 297 * 20_000]
    assert export.trace(done) in (sheet.oddFooter.center.text or "")


def test_nobody_allows_their_own_and_only_the_asker_fetches(town: Bank, segment: int) -> None:
    both = make.analyst("both", *make.judge().permissions)
    asked = export.ask(town, both, segment, **NUMBERS)
    with pytest.raises(model.OwnExport):
        export.decide(town, both, asked.id, allow=True, answer="我自己同意")
    with pytest.raises(Forbidden):
        export.decide(town, make.analyst("other"), asked.id, allow=True, answer="我来同意")
    with pytest.raises(model.ExportNotAllowed):
        export.fetch(town, both, asked.id)
    export.decide(town, make.judge(), asked.id, allow=True, answer="同意用于回访")
    with pytest.raises(model.NotYourExport):
        export.fetch(town, make.analyst("other"), asked.id)
    with pytest.raises(model.ExportDecided):
        export.decide(town, make.judge(), asked.id, allow=False, answer="改变主意")


def test_a_refused_an_old_and_an_outdated_export_are_not_fetched(town: Bank, segment: int, clock: FixedClock) -> None:
    refused = export.ask(town, make.analyst(), segment, **NUMBERS)
    export.decide(town, make.judge(), refused.id, allow=False, answer="用途不清楚")
    with pytest.raises(model.ExportNotAllowed):
        export.fetch(town, make.analyst(), refused.id)
    old, outdated = allowed(town, make.analyst(), segment), allowed(town, make.analyst(), segment)
    service.save(town, make.analyst(), segment, Draft("大客户", "aum > 1", "service"), version=1)
    with pytest.raises(model.ExportOutdated, match="第 2 版"):
        export.fetch(town, make.analyst(), outdated.id)
    clock.advance(timedelta(days=8))
    with pytest.raises(model.ExportExpired):
        export.fetch(town, make.analyst(), old.id)


@pytest.mark.parametrize("reason", ["", "短", "长" * 201])
def test_an_export_without_a_reason_is_not_asked(town: Bank, segment: int, reason: str) -> None:
    with pytest.raises(model.ExportReasonMissing):
        export.ask(town, make.analyst(), segment, **(NUMBERS | {"reason": reason}))


def test_a_list_that_is_too_large_is_refused_before_anybody_is_asked(
    town: Bank, segment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "LIST_MOST", 4)
    with pytest.raises(model.ExportTooLarge, match="至多 4 人，此客群有 5 人"):
        export.ask(town, make.analyst(), segment, **(NUMBERS | {"content": ExportContent.LIST}))


def test_a_cell_never_becomes_a_formula() -> None:
    row = {"customer_no": "LK1", "name": "=HYPERLINK(1)", "tier": "hnw", "aum": 1, "aum_mavg": 2}
    row |= {"branch_name": "@x", "rm_name": "+1", "as_of": make.DAY}
    lines = list(csv.reader(io.StringIO(write.listing([row], trace="T", mark="M", format_=ExportFormat.CSV).decode())))
    assert [lines[1][place] for place in (1, 2, 5, 6)] == ["'=HYPERLINK(1)", "高净值", "'@x", "'+1"]
    book = openpyxl.load_workbook(io.BytesIO(write.listing([row], trace="T", mark="M", format_=ExportFormat.XLSX)))
    assert book.active is not None
    assert (book.active["B3"].value, book.active["B3"].data_type) == ("=HYPERLINK(1)", "s")
