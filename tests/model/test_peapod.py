from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.model.assembly import Standardization, user_context_of
from pipeline.model.parts.collaborative import AttentionPrompt, MlpPrompt
from pipeline.model.parts.user_context import UserContext
from pipeline.model.peapod import PeaPOD
from pipeline.tasks.topn import TOPN
from tests.tiny import NEIGHBOURS, USER_WIDTH, USERS, WIDTH, logits, tiny_batch, tiny_model, tiny_t5

pytestmark = pytest.mark.usefixtures("every_backbone")


@pytest.mark.parametrize(
    ("changes", "vectors", "kind"),
    [
        ({}, 6, AttentionPrompt),
        ({"task": False}, 3, AttentionPrompt),
        ({"collaborative": "mlp"}, 6, MlpPrompt),
        ({"collaborative": "none"}, 3, type(None)),
        ({"task": False, "collaborative": "none"}, 0, type(None)),
        ({"length": 5, "task_length": 2}, 7, AttentionPrompt),
    ],
    ids=["PeaPOD", "no task", "MLP", "POD", "discrete prompt", "other lengths"],
)
def test_configuration_alone_gives_every_variant(changes: dict, vectors: int, kind: type) -> None:
    model, batch = tiny_model(**changes), tiny_batch()
    embeddings, mask, _ = model.embed(batch)
    assert embeddings.shape == (4, vectors + 9, WIDTH)
    assert mask[:, :vectors].all()
    assert torch.equal(mask[:, vectors:], batch.mask)
    part = dict(model.prompts).get("collaborative")
    assert isinstance(part and part.prompt, kind)
    assert logits(model, batch).shape == (18, 300)


def test_the_input_is_task_prompt_then_collaborative_prompt_then_text() -> None:
    model, batch = tiny_model(), tiny_batch(task=TOPN)
    embeddings = model.embed(batch).vectors
    torch.testing.assert_close(embeddings[:, :3], model.prompts["task"].table[2].expand(4, -1, -1))
    part = model.prompts["collaborative"]
    prompt = part.prompt(*part.context(batch.users))
    torch.testing.assert_close(embeddings[:, 3:6], prompt)
    text = model.backbone.embedding[batch.tokens] + model.whole_words.weight[batch.rows]
    torch.testing.assert_close(embeddings[:, 6:], text)


def test_gradients_reach_every_prompt_and_nothing_fixed() -> None:
    model = tiny_model()
    model.train()
    model.loss(tiny_batch(task=TOPN))[0].backward()
    missing = [
        name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()
    ]
    # The key's bias shifts all scores of a head alike: its gradient is zero by construction.
    assert missing in ([], ["prompts.collaborative.prompt.key.bias"])
    assert model.prompts["task"].table.grad[2].any()
    assert not model.prompts["task"].table.grad[:2].any()
    assert not any("context" in name for name, _ in model.named_parameters())


def test_the_user_changes_the_answer_and_so_do_the_neighbours() -> None:
    model, batch = tiny_model(), tiny_batch()
    users = user_context_of(model)
    assert users is not None
    before = logits(model, batch)
    users.vectors[users.neighbours[5].long()] += 3.0
    after = logits(model, batch)
    assert not torch.allclose(before[5:10], after[5:10])
    users.neighbours[5] = users.neighbours[5].flip(0)
    torch.testing.assert_close(logits(model, batch), after)


def test_standardized_users_have_mean_0_and_scale_1() -> None:
    vectors = torch.randn(50, 8) * 0.01 + 5.0
    shifted = Standardization.of(vectors)(vectors)
    torch.testing.assert_close(shifted.mean(0), torch.zeros(8), atol=1e-3, rtol=0)
    assert float(shifted.std()) == pytest.approx(1.0, abs=1e-3)
    # One scale for all: directions stay what they were.
    ratio = (shifted[1] - shifted[0]) / (vectors[1] - vectors[0])
    torch.testing.assert_close(ratio, ratio[:1].expand(8), rtol=1e-3, atol=0)
    assert not Standardization.of(torch.zeros(3, 2))(torch.zeros(3, 2)).any()


def test_parts_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="whole-word width 8, the backbone's width 16"):
        PeaPOD(T5Backbone(tiny_t5()), nn.Embedding(4, 8))
    with pytest.raises(ValueError, match=r"\(12, 10\) and neighbours \(5, 4\)"):
        UserContext(torch.zeros(USERS, USER_WIDTH), torch.zeros(5, NEIGHBOURS, dtype=torch.int64))
    with pytest.raises(ValueError, match="doesn't divide"):
        tiny_model(heads=3)
    with pytest.raises(ValueError, match="labels"):
        tiny_model().loss(replace(tiny_batch(), labels=None))


def test_training_hides_users_by_the_steps_generator() -> None:
    """Of a model on the CPU's own layers and of one on torch's; evaluation hides nobody."""
    batch = tiny_batch()
    for prepared in (True, False):
        model = tiny_model(dropout=0.0, user_dropout=0.5)
        shown = model.loss(batch)[0].item()
        if prepared:
            model.prepare_training(torch.device("cpu"))
        model.train()
        losses = [model.loss(batch, np.random.default_rng(seed))[0].item() for seed in (0, 0, *range(1, 6))]
        assert losses[0] == losses[1]
        assert len(set(losses)) > 3
        assert model.eval().loss(batch)[0].item() == pytest.approx(shown, rel=1e-5)
