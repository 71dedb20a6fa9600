"""Vectors in the places of items in PeaPOD's own prompts (CoLLM, E4SRec): `prompts.item_vectors`."""

import numpy as np
import pytest
import torch

from pipeline.model.assembly import assemble
from pipeline.model.parts.behaviour import Behaviour
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker, item_answers
from pipeline.prompts.batches import Batch
from pipeline.prompts.inputs import prompt_encoders
from pipeline.prompts.templates import Template
from pipeline.tasks.base import Example, Question
from pipeline.tasks.sequential import SEQUENTIAL
from tests.tiny import NEIGHBOURS, USER_WIDTH, USERS, prompts_config, scratch_tokenizer, tiny_backbone

ITEMS = 9
VECTORS = torch.randn(ITEMS, 5, generator=torch.Generator().manual_seed(1))
CHANGES = {"tasks": ("sequential",), "item_vectors": True}


def model_of(name: str, vectors: torch.Tensor = VECTORS, **changes: object) -> PeaPOD:
    torch.manual_seed(0)
    backbone = tiny_backbone(name, vocabulary=len(scratch_tokenizer()))
    users = torch.randn(USERS, USER_WIDTH)
    similar = torch.randint(0, USERS, (USERS, NEIGHBOURS))
    torch.manual_seed(3)
    return assemble(backbone, prompts_config(**CHANGES | changes), users, similar, vectors).eval()


def batch_of(**changes: object) -> Batch:
    tokenizer = scratch_tokenizer()
    prompts = prompts_config(**CHANGES | changes)
    users = [f"user_{user + 1}" for user in range(USERS)]
    items = [f"item_{item + 1}" for item in range(ITEMS)]
    encoders = prompt_encoders(users, items, items, tokenizer, prompts)
    answers = item_answers(tokenizer, [str(item + 1) for item in range(ITEMS)])
    templates = {SEQUENTIAL: (Template(("{user}", "{history}")),)}
    maker = BatchMaker(encoders, templates, {SEQUENTIAL: answers}, tokenizer.pad)
    asked = [(0, [1, 2, 3], 4), (5, [7], 8)]
    return maker.teach(
        [Example(Question(SEQUENTIAL, user, np.array(known)), answer) for user, known, answer in asked]
    )


@pytest.mark.parametrize("name", ["t5", "llama"])
def test_other_vectors_change_the_loss_and_only_where_they_are_asked_for(name: str) -> None:
    turned = VECTORS.roll(1, dims=0)
    losses = [float(model_of(name, vectors).loss(batch_of())[0].detach()) for vectors in (VECTORS, turned)]
    assert losses[0] != losses[1]
    without = {"item_vectors": False}
    plain = [
        float(model_of(name, vectors, **without).loss(batch_of(**without))[0].detach())
        for vectors in (VECTORS, turned)
    ]
    assert plain[0] == plain[1]
    assert not model_of(name, **without).fillers


def test_an_item_is_its_projected_vector_and_then_the_rest_of_its_name() -> None:
    model = model_of("t5")
    batch = batch_of()
    behaviour = model.fillers["behaviour"]
    assert isinstance(behaviour, Behaviour)
    assert batch.slots is not None
    text = model.embed(batch).vectors[:, -batch.tokens.shape[1] :]
    assert torch.equal(text[batch.slots >= 0], behaviour.projector(VECTORS[batch.slots[batch.slots >= 0]]))
    named = model.backbone.embed(batch.tokens) + model.whole_words(batch.rows)
    assert torch.equal(text[batch.slots < 0], named[batch.slots < 0])
    # An item of the history each: two tokens of which the first is a vector.
    assert (batch.slots >= 0).sum(1).tolist() == [3, 1]


def test_the_projector_learns_and_the_vectors_do_not() -> None:
    model = model_of("t5")
    model.loss(batch_of())[0].backward()
    behaviour = model.fillers["behaviour"]
    assert all(float(one.grad.abs().sum()) > 0 for one in behaviour.projector.parameters())
    assert not dict(behaviour.named_buffers())["vectors"].requires_grad
