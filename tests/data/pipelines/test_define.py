"""Definitions as texts and as versions: the same either way, circles refused, files taken in, differences told."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.pipelines.conftest import FLOW_SQL, bring, flow, monthly, publish
from tests.data.profile import builders as make

from liuke.data import pipelines
from liuke.data.pipelines import graph, service, store
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.define.read import from_tree, read
from liuke.data.pipelines.define.write import write
from liuke.data.pipelines.model import (
    Definition,
    Grain,
    Partition,
    PipelineInvalid,
    PipelineMoved,
    PipelineNeeded,
    PipelineState,
    QualityRule,
    RuleKind,
    Said,
    Severity,
)
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden

_signs = st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp"))
_words = st.text(_signs, min_size=1, max_size=20).filter(str.strip)
_names = st.from_regex(r"[a-z][a-z0-9_]{1,12}", fullmatch=True)
_lists = st.lists(_names, max_size=2, unique=True).map(tuple)
_sql = st.text(_signs | st.sampled_from("\n'\""), min_size=1, max_size=60).map(lambda text: text.strip("\n"))
_partitions = st.builds(
    Partition,
    column=_names,
    grain=st.sampled_from(Grain),
    by=st.dictionaries(_names, _names, max_size=2),
    before_days=st.integers(0, 400),
    after_days=st.integers(0, 400),
    frozen=_lists,
)
_said = st.builds(Said, meaning=st.just("") | _words, unit=st.just("") | _words)
_rules = st.builds(
    QualityRule,
    kind=st.just(RuleKind.RULE),
    name=_words,
    expression=_words,
    severity=st.sampled_from(Severity),
    most=st.integers(0, 9),
)
_definitions = st.builds(
    Definition,
    name=_names,
    title=_words,
    meaning=_words,
    owner=_words,
    sql=_sql.filter(str.strip),
    keys=st.lists(_names, min_size=1, max_size=4, unique=True).map(tuple),
    partition=st.none() | _partitions,
    on_commit=st.booleans(),
    cadence=st.sampled_from(["", "1d", "30m"]),
    columns=st.dictionaries(_names, _said, max_size=3),
    rules=st.lists(_rules, max_size=3).map(tuple),
)


@given(_definitions)
def test_a_definition_written_and_read_is_the_same(one: Definition) -> None:
    assert read(write(one)) == (one, ())


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("table = 'x\n", 1, "TOML"),
        ("table = 'tt'\ntitle = 3\nsql='select 1'\nkeys=['a']", 0, "须是文字"),
        ("table = 'tt'", 0, "不能为空"),
        ("x" * 70_000, 0, "过长"),
        ("a = " + "[" * 5000, 1, "嵌套太深"),
    ],
)
def test_a_text_that_cannot_be_read_says_why(text: str, line: int, message: str) -> None:
    definition, problems = read(text)
    assert definition is None
    assert any(message in problem.message and (not line or problem.line == line) for problem in problems) or line == 1


def test_tables_that_go_round_in_a_circle_are_refused_with_the_circle(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    publish(books, machine, monthly())
    closing = FLOW_SQL.replace(
        "FROM transaction t", "FROM transaction t JOIN monthly_flow m ON m.party_key = t.party_key"
    )
    found = service.check_definition(books, machine, flow(sql=closing))
    assert "daily_flow → monthly_flow → daily_flow" in " ".join(one.message for one in found.problems)
    with pytest.raises(PipelineInvalid):
        edit.save(books, machine, flow(sql=closing), base_version=1)


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4), max_size=8))
def test_an_order_without_circles_puts_inputs_first(raw: dict[int, list[int]]) -> None:
    inputs = {str(name): [str(one) for one in read_] for name, read_ in raw.items()}
    order = graph.ordered(inputs)
    assert sorted(order) == sorted(inputs)
    for name, read_by in inputs.items():
        way = graph.circle(inputs, name)
        if way:
            assert all(other in inputs[one] for one, other in pairwise(way))
        for other in read_by:
            if other in inputs and not graph.circle(inputs, name) and not graph.circle(inputs, other):
                assert order.index(other) < order.index(name)


def test_two_people_editing_do_not_overwrite_each_other(books: Bank, machine: Actor) -> None:
    edit.save(books, machine, flow(), base_version=0)
    edit.save(books, machine, flow(title="甲"), base_version=1)
    with pytest.raises(PipelineMoved):
        edit.save(books, machine, flow(title="乙"), base_version=1)


def test_the_difference_of_versions_is_told_line_by_line(books: Bank, machine: Actor) -> None:
    edit.save(books, machine, flow(), base_version=0)
    edit.save(books, machine, flow(title="新名称"), base_version=1)
    lines = edit.diff(books, machine, "daily_flow", old=1, new=2)
    assert [(line.sign, line.text) for line in lines if line.sign != " "] == [
        ("-", 'title = "客户日流水"'),
        ("+", 'title = "新名称"'),
    ]


def test_a_file_in_the_folder_becomes_a_draft_and_a_save_is_written_back(books: Bank, machine: Actor) -> None:
    folder = books.settings.pipelines_dir
    folder.mkdir()
    one = from_tree(flow())[0]
    assert one is not None
    (folder / "any_name.toml").write_text(write(one), encoding="utf-8")
    (folder / "broken.toml").write_text("table = ", encoding="utf-8")
    (folder / "latin.toml").write_bytes(b"\xff\xfe")
    assert edit.take_in(books, machine) == ["daily_flow"]
    assert edit.take_in(books, machine) == []
    full = service.full(books, machine, "daily_flow")
    assert (full.view.state, full.versions[0].saved_by_name) == (PipelineState.DRAFT, "文件")
    edit.save(books, machine, flow(title="改名"), base_version=1)
    assert read((folder / "any_name.toml").read_text(encoding="utf-8"))[0] == replace(one, title="改名")
    assert edit.take_in(books, machine) == []
    assert len(list((folder / "history").iterdir())) == 1


def test_a_name_that_stands_for_something_else_is_refused(books: Bank, machine: Actor) -> None:
    for name in ("transaction", "checks"):
        found = service.check_definition(books, machine, flow(table=name))
        assert any("已被占用" in one.message for one in found.problems), found.problems


def test_what_others_use_is_not_retired(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    publish(books, machine, monthly())
    with pytest.raises(PipelineNeeded, match="monthly_flow"):
        edit.state_to(books, machine, "daily_flow", PipelineState.RETIRED)
    edit.state_to(books, machine, "monthly_flow", PipelineState.RETIRED)
    edit.state_to(books, machine, "daily_flow", PipelineState.RETIRED)


def test_a_retired_table_is_no_longer_offered(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    edit.state_to(books, machine, "daily_flow", PipelineState.RETIRED)
    with books.read(machine) as tx:
        assert pipelines.tables(tx) == {}


@pytest.mark.parametrize("right", [Permission.PIPELINE_READ, None])
def test_who_may_not_edit_changes_nothing(books: Bank, machine: Actor, right: Permission | None) -> None:
    publish(books, machine, flow())
    someone = make.an_actor(Role.ANALYST, permissions=[right] if right else [])
    for act in (
        lambda: edit.save(books, someone, flow(), base_version=1),
        lambda: edit.publish(books, someone, "daily_flow", version=1),
        lambda: edit.state_to(books, someone, "daily_flow", PipelineState.PAUSED),
        lambda: service.start(books, someone, name="daily_flow", wanted=pipelines.Wanted()),
    ):
        with pytest.raises(Forbidden):
            act()
    looks: list[Any] = [
        lambda: pipelines.overview(books, someone),
        lambda: service.lake_tables(books, someone),
        lambda: service.full(books, someone, "daily_flow"),
        lambda: service.runs(books, someone, name="", cursor=None, limit=10),
        lambda: edit.diff(books, someone, "daily_flow", old=1, new=1),
        lambda: pipelines.check_definition(books, someone, flow()),
    ]
    for look in looks:
        if right:
            look()
        else:
            with pytest.raises(Forbidden):
                look()


def test_what_a_query_may_read_is_told_with_rows_and_classes(books: Bank, machine: Actor) -> None:
    publish(books, machine, flow())
    bring(books, machine)
    told = {one.table.name: one for one in service.lake_tables(books, machine)}
    assert (told["transaction"].rows, told["daily_flow"].rows) == (11, 6)
    assert (told["daily_flow"].derived, told["daily_flow"].table.meaning) == (True, "客户日流水")
    with books.read(machine) as tx:
        assert store.pipeline(tx, "daily_flow") is not None
