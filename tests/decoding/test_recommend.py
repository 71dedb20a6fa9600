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
WIDE = {"beams": ITEMS, "top": ITEMS}
"""With as many beams as items each list is the whole ranking."""


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
    some, every = (by_user(recommender(exclude_seen=e, **WIDE).rank(asked)) for e in (True, False))
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
    wide = WIDE | {"exclude_seen": False}
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


def test_telling_tokens_count_less_by_their_information_gain() -> None:
    """An item's score is the sum of its tokens' log-probabilities, each times its edge's weight."""
    asked = questions(SEQUENTIAL, 4)
    wide = WIDE | {"exclude_seen": False}
    plain, less = recommender(**wide), recommender(information_gain=0.5, **wide)
    trie = plain._trie
    weights = 1 - 0.5 * trie.relative_gain(np.bincount(KNOWN.items, minlength=ITEMS))
    assert (float(weights.min()), float(weights.max())) == (0.5, 1.0)
    before = by_user(plain.rank(asked))
    after = by_user(less.rank(asked))
    uncut = {item for item in range(ITEMS) if (weights[trie.paths[item]] == 1).all()}
    assert uncut
    for user in range(USERS):
        one = dict(zip(before[user].items.tolist(), before[user].scores, strict=True))
        other = dict(zip(after[user].items.tolist(), after[user].scores, strict=True))
        assert all(one[item] - 1e-4 <= other[item] <= 0.5 * one[item] + 1e-4 for item in range(ITEMS))
        assert [other[item] for item in uncut] == pytest.approx([one[item] for item in uncut], abs=1e-4)
    assert any(before[user].items.tolist() != after[user].items.tolist() for user in range(USERS))


def test_grounded_texts_are_items_that_the_user_may_have_nearest_first() -> None:
    asked = questions(SEQUENTIAL, 4)
    free = {"constrained": False, "grounding": "nearest"}
    found = by_user(recommender(**free).rank(asked))
    texts = by_user(recommender(constrained=False).rank(asked))
    for user, ranking in found.items():
        assert len(set(ranking.items.tolist())) == 6
        assert not {*ranking.items.tolist()} & {*KNOWN[user].tolist()}
        assert (np.diff(ranking.scores) <= 0).all()
        # A text that names an item is nearest to it.
        first = int(texts[user].items[0])
        if first != INVALID and first not in KNOWN[user]:
            assert ranking.scores[0] == pytest.approx(0, abs=1e-5)
    pooled = by_user(recommender(**free).rank(questions(TOPN, 7)))
    for one in questions(TOPN, 7):
        assert {*pooled[one.user].items.tolist()} <= {*one.items.tolist()}


def opinion(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
    """What an assistant might say, by user and newest item: it has nothing in common with the model."""
    seeds = zip(users.tolist(), histories, strict=True)
    scores = [np.random.default_rng([user, *history[-1:]]).normal(0, 2, ITEMS) for user, history in seeds]
    return np.stack(scores)


def test_an_assistant_of_no_weight_changes_no_bit() -> None:
    for task, pool in ((SEQUENTIAL, 4), (TOPN, 7)):
        alone = by_user(recommender().rank(questions(task, pool)))
        advised = by_user(recommender().assisted(opinion, 1.0).rank(questions(task, pool)))
        for user in range(USERS):
            assert advised[user].items.tolist() == alone[user].items.tolist()
            assert advised[user].scores.tobytes() == alone[user].scores.tobytes()


def log_probabilities(user: int, items: list[int]) -> dict[int, float]:
    """What `opinion` says of `items` alone."""
    (scores,) = opinion(np.array([user]), [KNOWN[user]])
    chosen = scores[items]
    return dict(zip(items, chosen - np.log(np.exp(chosen).sum()), strict=True))


def test_an_assistant_of_all_weight_ranks_alone() -> None:
    for task, pool in ((SEQUENTIAL, 4), (TOPN, 7)):
        asked = questions(task, pool)
        found = by_user(recommender(**WIDE).assisted(opinion, 0.0).rank(asked))
        for question in asked:
            unseen = [item for item in range(ITEMS) if item not in KNOWN[question.user]]
            items = unseen if question.pool is None else question.pool.tolist()
            wanted = log_probabilities(question.user, items)
            ranking = found[question.user]
            assert ranking.items.tolist() == sorted(wanted, key=lambda item: -wanted[item])
            np.testing.assert_allclose(
                ranking.scores, [wanted[item] for item in ranking.items.tolist()], atol=1e-4
            )


@pytest.mark.parametrize("method", ["beam", "exact"])
def test_an_items_score_is_the_weighted_mean_of_both_log_probabilities(method: str) -> None:
    for task, pool in ((SEQUENTIAL, 4), (TOPN, 7)):
        asked = questions(task, pool)
        model = recommender(topn_method=method, **WIDE)
        alone = by_user(model.rank(asked))
        found = by_user(model.assisted(opinion, 0.3).rank(asked))
        for user in range(USERS):
            own = dict(zip(alone[user].items.tolist(), alone[user].scores.tolist(), strict=True))
            said = log_probabilities(user, list(own))
            wanted = {item: 0.3 * own[item] + 0.7 * said[item] for item in own}
            assert set(found[user].items.tolist()) == set(wanted)
            np.testing.assert_allclose(
                found[user].scores, [wanted[item] for item in found[user].items.tolist()], atol=1e-3
            )
            assert (np.diff(found[user].scores) <= 0).all()


def test_an_assistant_hears_the_histories_that_count_as_seen() -> None:
    heard: dict[int, list[int]] = {}

    def listening(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        heard.update(zip(users.tolist(), map(np.ndarray.tolist, histories), strict=True))
        return opinion(users, histories)

    asked = questions(SEQUENTIAL, 4)
    other = Histories(np.arange(USERS, dtype=np.int32), np.arange(USERS + 1))
    recommender().assisted(listening, 0.5).changed(other, config()).rank(asked)
    assert heard == {user: [user] for user in range(USERS)}


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
