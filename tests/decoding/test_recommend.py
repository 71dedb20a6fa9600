from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.data.histories import Histories
from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import INVALID, Ranking, Recommender, recommendation_columns
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import Question, Task
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from tests.tiny import USERS, scratch_tokenizer, tiny_maker, tiny_model

pytestmark = pytest.mark.usefixtures("every_backbone")

RUNTIME = Runtime(torch.device("cpu"), None)
ITEMS = 30
KNOWN = Histories(
    np.repeat(np.arange(USERS, dtype=np.int32), 20) + np.tile(np.arange(20), USERS) % 19,
    np.arange(USERS + 1) * 20,
)


def config(**changes: object) -> DecodingConfig:
    values = {
        "batch_size": 5,
        "beams": 8,
        "top": 6,
        "topn_method": "beam",
        "constrained": True,
        "exclude_seen": True,
        "item_length_penalty": 0.0,
        "length_penalty": 1.0,
        "explanation_beams": 3,
        "min_tokens": 4,
        "max_tokens": 7,
    }
    return DecodingConfig(**(values | changes))


def recommender(**changes: object) -> Recommender:
    maker, answers, _ = tiny_maker(ITEMS)
    model = tiny_model(whole_words=512, vocabulary=len(scratch_tokenizer()))
    return Recommender(model, maker, scratch_tokenizer(), answers, KNOWN, config(**changes), RUNTIME)


def questions(task: Task, pool: int) -> list[Question]:
    rng = np.random.default_rng(0)
    chosen = [rng.choice(ITEMS, pool, replace=False).astype(np.int32) for _ in range(USERS)]
    return [Question(task, user, items, items if task is TOPN else None) for user, items in enumerate(chosen)]


def by_user(rankings) -> dict[int, Ranking]:
    return {ranking.user: ranking for ranking in rankings}


def test_sequential_lists_are_real_items_without_repeats_best_first() -> None:
    asked = questions(SEQUENTIAL, 4)
    found = by_user(recommender().rank(asked))
    assert set(found) == set(range(USERS))
    for ranking in found.values():
        assert len(set(ranking.items.tolist())) == 6
        assert all(0 <= item < ITEMS for item in ranking.items)
        assert (np.diff(ranking.scores) <= 0).all()


def test_sequential_lists_leave_out_what_the_user_has_and_nothing_else() -> None:
    asked = questions(SEQUENTIAL, 4)
    # As many beams as items: each list is the whole ranking.
    wide = {"beams": ITEMS, "top": ITEMS}
    some, every = (by_user(recommender(exclude_seen=e, **wide).rank(asked)) for e in (True, False))
    for user in range(USERS):
        seen = set(KNOWN[user].tolist())
        assert len(every[user].items) == ITEMS
        assert some[user].items.tolist() == [item for item in every[user].items.tolist() if item not in seen]


@pytest.mark.parametrize("batch_size", [1, 12])
def test_a_user_who_has_every_item_gets_an_empty_list(batch_size: int) -> None:
    every = np.tile(np.arange(ITEMS, dtype=np.int32), 2)
    known = Histories(every, np.array([0, ITEMS, *[2 * ITEMS] * (USERS - 1)]))
    settings = config(batch_size=batch_size)
    found = by_user(recommender().changed(known, settings).rank(questions(SEQUENTIAL, 4)))
    assert [len(found[user].items) for user in range(USERS)] == [0, 0, *[6] * (USERS - 2)]


@pytest.mark.parametrize("method", ["beam", "exact"])
def test_topn_lists_hold_candidates_alone(method: str) -> None:
    asked = questions(TOPN, 7)
    found = by_user(recommender(topn_method=method).rank(asked))
    for example in asked:
        ranked = found[example.user].items.tolist()
        assert len(set(ranked)) == 6
        assert set(ranked) <= set(example.items.tolist())


def test_beams_as_many_as_candidates_rank_as_exact_does() -> None:
    asked = questions(TOPN, 7)
    beam, exact = (by_user(recommender(topn_method=m, beams=20).rank(asked)) for m in ("beam", "exact"))
    for user in range(USERS):
        assert beam[user].items.tolist() == exact[user].items.tolist()
        np.testing.assert_allclose(beam[user].scores, exact[user].scores, atol=1e-4)


@pytest.mark.parametrize("method", ["beam", "exact"])
def test_a_sequential_question_with_a_pool_ranks_the_pool_alone(method: str) -> None:
    pool = np.array([3, 8, 11, 20, 29], dtype=np.int32)
    asked = questions(SEQUENTIAL, 4)
    wide = {"beams": ITEMS, "top": ITEMS, "exclude_seen": False}
    every = by_user(recommender(**wide).rank(asked))
    some = by_user(recommender(topn_method=method, **wide).rank([replace(one, pool=pool) for one in asked]))
    for user in range(USERS):
        wanted = [item for item in every[user].items.tolist() if item in pool]
        assert some[user].items.tolist() == wanted


def test_the_batch_size_changes_nothing() -> None:
    asked = questions(TOPN, 7)
    one, two = (by_user(recommender(batch_size=size).rank(asked)) for size in (1, 12))
    for user in range(USERS):
        assert one[user].items.tolist() == two[user].items.tolist()
        np.testing.assert_allclose(one[user].scores, two[user].scores, atol=1e-4)


def test_unconstrained_answers_that_name_no_item_are_invalid() -> None:
    found = list(recommender(constrained=False).rank(questions(SEQUENTIAL, 4)))
    named = [item for ranking in found for item in ranking.items.tolist()]
    # Fresh weights hardly ever spell a number.
    assert named.count(INVALID) > len(named) / 2


def test_unconstrained_answers_are_read_as_the_items_answers() -> None:
    named = recommender(constrained=False)._item_of
    assert named["30"] == 0
    assert named["1"] == ITEMS - 1
    assert "0" not in named


def test_columns_are_sorted_and_invalid_is_null() -> None:
    rankings = [
        Ranking(4, np.array([7, INVALID]), np.array([-1.0, -2.0])),
        Ranking(1, np.array([3]), np.array([-0.5])),
    ]
    assert recommendation_columns(rankings) == {
        "user": [1, 4, 4],
        "rank": [1, 1, 2],
        "item": [3, 7, None],
        "score": [-0.5, -1.0, -2.0],
    }


def test_every_pair_gets_a_text_of_the_asked_length() -> None:
    maker, _, _ = tiny_maker(ITEMS)
    tokenizer = scratch_tokenizer()
    model = tiny_model(whole_words=512, vocabulary=len(tokenizer))
    asked = [Question(EXPLANATION, user, np.array([user])) for user in range(5)]
    texts = explain(model, maker, tokenizer, asked, config(), RUNTIME)
    assert len(texts) == 5
    for text, score in texts:
        assert 0 < len(tokenizer.encode([text])[0]) <= 8
        assert score < 0
