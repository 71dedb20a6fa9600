import dataclasses

import numpy as np
import pytest

from pipeline.report.examples import HISTORY, choose_users, make_examples
from stages.shown import read_sources
from tests.evaluation.workspace import HISTORIES, write_workspace


@pytest.fixture
def sources(tmp_path):
    write_workspace(tmp_path)
    return read_sources(tmp_path)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_an_example_by_hand(sources):
    by_user = {example.user: example for example in make_examples(sources, 3, rng())}
    # Only users 0, 1 and 3 have explanations.
    assert set(by_user) == {"U0", "U1", "U3"}
    one = by_user["U1"]
    assert one.history == ["I1", "I2", "I3", "I4"]
    assert (one.target, one.ranked, one.rank, one.topn_rank) == ("I5", ["I0", "I5", "I7"], 2, 2)
    assert one.explanation.generated == "the case is a joke"
    assert one.explanation.reference == "the case is a joke"
    assert (one.explanation.item, one.explanation.feature) == ("I5", "case")
    assert [part.neighbour for part in one.influences.top] == ["U2", "U3", "U0"]
    miss = by_user["U3"]
    assert (miss.ranked, miss.rank, miss.topn_rank) == (["I1", "I2", None], None, 2)


def test_at_most_half_are_hits_while_there_are_misses(sources):
    without = dataclasses.replace(sources, generated=sources.generated.slice(0, 0))
    for seed in range(10):
        assert {0, 1, 2, 5} & set(choose_users(without, 2, rng(seed))[:1])
        chosen = choose_users(without, 4, rng(seed))
        assert len(set(chosen) & {0, 1, 2, 5}) == 2
        # Six users in all: hits fill up.
        assert sorted(choose_users(without, 10, rng(seed))) == [0, 1, 2, 3, 4, 5]


def test_choice_is_seeded_and_may_be_empty(sources):
    assert choose_users(sources, 2, rng(3)) == choose_users(sources, 2, rng(3))
    assert make_examples(sources, 0, rng()) == []


def test_without_explanations_none_is_shown(tmp_path):
    write_workspace(tmp_path, explained=False)
    examples = make_examples(read_sources(tmp_path), 4, rng())
    assert len(examples) == 4
    assert all(example.explanation is None for example in examples)


def test_long_histories_keep_their_newest(sources, monkeypatch):
    monkeypatch.setattr("pipeline.report.examples.HISTORY", 3)
    example = make_examples(sources, 1, rng())[0]
    user = int(example.user.removeprefix("U"))
    assert example.history == [f"I{item}" for item in HISTORIES[user][1:4]]
    assert example.earlier == 1
    assert HISTORY > 3
