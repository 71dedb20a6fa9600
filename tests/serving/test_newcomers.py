"""Users whom training never saw: by their items alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.embeddings.folding import FoldingError
from pipeline.model.assembly import user_context_of
from pipeline.serving import Predictor
from pipeline.serving.answering import ROOM
from pipeline.serving.requests import Recommend
from pipeline.tasks.base import AnswerKind, Question
from stages.prompt_inputs import read_inputs
from tests.serving.workspaces import close, items_of, named, users_of


def test_somebody_new_is_served_by_their_history(workspace: Path, predictor: Predictor) -> None:
    items = items_of(workspace)
    one, two = (predictor.recommend("new", top=len(items), history=part) for part in (items[:4], items[9:13]))
    assert {found.item for found in one} == set(items[4:])
    assert one == predictor.recommend("new as well", top=len(items), history=items[:4])
    assert [found.item for found in one[:5]] != [found.item for found in two[:5]]
    assert [found.rank for found in predictor.rank("new", items[5:8], history=items[:4])] == [1, 2, 3]


def test_explanations_for_somebody_new_are_by_their_items(
    workspace: Path, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by their name. A model of two epochs has one sentence for everybody: its score tells."""
    scores: list[float] = []
    answer = predictor.answerer.answer

    def scored(kind: AnswerKind, questions: Sequence[Question]) -> dict[str, list]:
        found = answer(kind, questions)
        scores.extend(found["score"])
        return found

    monkeypatch.setattr(predictor.answerer, "answer", scored)
    items = items_of(workspace)
    histories = [items[start : start + 4] for start in range(0, 20, 4)]
    for name in ("new", "new as well"):
        for history in histories:
            predictor.explain(name, items[3], history=history)
    assert scores[:5] == scores[5:]
    assert len({round(score, 4) for score in scores}) == 5


def test_somebody_with_the_vector_of_a_known_user_looks_the_same_to_the_model(
    workspace: Path, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = user_context_of(predictor._bundle.model)
    newcomers = predictor._newcomers
    for user in (0, 13, 59):
        monkeypatch.setattr(
            newcomers._folding, "vector", lambda _, user=user: predictor.people.user_vectors[user]
        )
        found = newcomers.describe(np.array([1]), 6)
        torch.testing.assert_close(found.vector, context.vectors[user], rtol=0, atol=0)
        # The nearest is that user; behind them come the neighbours that training had.
        assert found.neighbours[0] == user
        assert set(found.neighbours[1:].tolist()) == set(context.neighbours[user].tolist())


def test_serving_somebody_new_leaves_the_known_users_alone(workspace: Path, predictor: Predictor) -> None:
    users, items = users_of(workspace), items_of(workspace)
    before = [predictor.recommend(user) for user in users[:5]]
    predictor.recommend("new", history=items[:4])
    assert [predictor.recommend(user) for user in users[:5]] == before


def test_a_known_user_folded_in_has_their_own_neighbours(workspace: Path, predictor: Predictor) -> None:
    """By train items alone, they come out near the vector and with most neighbours that training gave."""
    train = read_inputs(Path("data")).train
    context = user_context_of(predictor._bundle.model)
    shared = []
    for user in range(len(train)):
        found = predictor._newcomers.describe(train[user], 6)
        own = set(context.neighbours[user].tolist())
        shared.append(len(own & set(found.neighbours.tolist())) / len(own))
        assert torch.cosine_similarity(found.vector, context.vectors[user], dim=0) > 0.7
    assert np.mean(shared) > 0.6  # By chance 5 of 59.


def test_somebody_new_is_refused_where_vectors_do_not_follow_from_items(
    workspace: Path, predictor: Predictor
) -> None:
    predictor._newcomers._items = np.zeros_like(predictor._newcomers._items)
    with pytest.raises(FoldingError, match="mean cosine"):
        predictor.recommend("new", history=items_of(workspace)[:2])


def test_influences_are_those_of_the_folded_user(workspace: Path, predictor: Predictor) -> None:
    """The prompt of somebody new attends to the neighbours that folding found."""
    train = read_inputs(Path("data")).train
    predictor.recommend("new", history=named(items_of(workspace), train[5]))
    found = predictor.influences(np.array([len(train)]))
    described = predictor._newcomers.describe(train[5], 5)
    assert found["neighbours"].tolist() == [described.neighbours.tolist()]


def test_more_new_users_than_there_is_room_for_at_once(workspace: Path, predictor: Predictor) -> None:
    items = items_of(workspace)
    histories = [[items[one % len(items)], items[(one * 7 + 1) % len(items)]] for one in range(2 * ROOM + 3)]
    found = predictor.answer([Recommend("new", top=4, history=history) for history in histories])
    for answer, history in zip(found, histories, strict=True):
        close(answer, predictor.recommend("new", top=4, history=history))
