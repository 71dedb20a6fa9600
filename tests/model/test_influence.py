import numpy as np
import pytest
import torch

from pipeline.artifacts import make_table
from pipeline.model import influence
from pipeline.model.influence import influence_columns
from pipeline.tables import ATTENTION
from tests.tiny import NEIGHBOURS, USERS, tiny_model


def test_weights_are_the_heads_mean_and_sum_to_one(monkeypatch):
    monkeypatch.setattr(influence, "_BATCH", 5)
    model = tiny_model()
    users = np.arange(USERS)
    found = influence_columns(model, users)
    part = model.prompts["collaborative"]
    prompt = part.prompt
    context = part.context
    for user in (0, 4, 5, USERS - 1):
        # By hand: one user, head after head.
        query = prompt.query(context.vectors[user]).view(prompt.heads, -1)
        keys = prompt.key(context.vectors[context.neighbours[user].long()]).view(NEIGHBOURS, prompt.heads, -1)
        scores = torch.einsum("hd,nhd->hn", query, keys) / keys.shape[-1] ** 0.5
        np.testing.assert_allclose(
            found["weights"][user], scores.softmax(1).mean(0).detach().numpy(), rtol=1e-5
        )
        assert found["neighbours"][user].tolist() == context.neighbours[user].tolist()
    np.testing.assert_allclose(found["weights"].sum(axis=1), 1.0, rtol=1e-5)
    table = make_table(ATTENTION, found)
    assert table["user"].to_pylist() == users.tolist()


@pytest.mark.parametrize("kind", ["mlp", "none"])
def test_a_prompt_without_attention_has_no_rows(kind):
    table = make_table(ATTENTION, influence_columns(tiny_model(collaborative=kind), np.arange(3)))
    assert len(table) == 0
