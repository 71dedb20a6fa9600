from dataclasses import replace

import pytest
import torch

from pipeline.model.parts.behaviour import Behaviour, make_projector, standardize_items, without_vector
from pipeline.prompts.presentation import Presentation
from tests.choices import TITLES, assemble_llara, choice_examples, choice_maker, choice_tokenizer
from tests.tiny import BACKBONES, WIDTH, tiny_backbone

ITEM_WIDTH = 5
VECTORS = torch.randn(len(TITLES), ITEM_WIDTH, generator=torch.Generator().manual_seed(3))


def model_of(name="llama", vectors=VECTORS, seed=0, **changes):
    backbone = tiny_backbone(name, seed, len(choice_tokenizer()))
    torch.manual_seed(seed)
    return assemble_llara(backbone, vectors, **changes).eval()


def batch_of(presentation, count=3):
    return choice_maker(presentation).teach(choice_examples(count))


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("projector", ["linear", "two_layer"])
@pytest.mark.parametrize("standardized", [True, False])
def test_other_vectors_change_the_loss_of_hybrid_prompts_and_not_of_text(name, projector, standardized):
    options = {"projector": projector, "standardized": standardized}
    model, permuted = (model_of(name, vectors, **options) for vectors in (VECTORS, VECTORS.roll(1, 0)))
    for presentation in (Presentation.HYBRID, Presentation.BEHAVIOUR):
        batch = batch_of(presentation)
        assert model.loss(batch)[0].item() != permuted.loss(batch)[0].item()
    batch = batch_of(Presentation.TEXT)
    assert model.loss(batch)[0].item() == permuted.loss(batch)[0].item()


def test_each_slot_holds_its_items_projected_vector_and_the_rest_the_tokens():
    model = model_of(standardized=False, projector="linear")
    batch = batch_of(Presentation.HYBRID)
    embedded = model.embed(batch).vectors
    layer = model.fillers["behaviour"].projector
    for sample, place in (batch.slots >= 0).nonzero().tolist():
        wanted = layer.weight @ VECTORS[batch.slots[sample, place]] + layer.bias
        torch.testing.assert_close(embedded[sample, place], wanted)
    plain = model.embed(replace(batch, slots=None)).vectors
    assert torch.equal(embedded[batch.slots < 0], plain[batch.slots < 0])
    assert torch.equal(plain, model.backbone.embed(batch.tokens))


def test_gradients_reach_the_projector_in_hybrid_prompts_alone_and_never_the_vectors():
    model = model_of()
    projector = list(model.fillers["behaviour"].projector.parameters())
    assert [tuple(weight.shape) for weight in projector] == [
        (WIDTH, ITEM_WIDTH),
        (WIDTH,),
        (WIDTH, WIDTH),
        (WIDTH,),
    ]
    model.loss(batch_of(Presentation.TEXT))[0].backward()
    # So that an optimizer leaves it where it is.
    assert [weight.grad for weight in projector] == [None] * 4
    model.loss(batch_of(Presentation.HYBRID))[0].backward()
    assert all(weight.grad.any() for weight in projector)
    assert "fillers.behaviour.vectors" not in dict(model.named_parameters())
    assert "fillers.behaviour.vectors" in model.state_dict()


@pytest.mark.slow
def test_the_vectors_teach_what_the_titles_alone_can_not():
    """Titles in the prompt are all one: which item is meant, the slots alone tell."""
    model = model_of(seed=1)
    maker = choice_maker(Presentation.BEHAVIOUR)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model.train()
    for step in range(300):
        optimizer.zero_grad()
        total, count = model.loss(maker.teach(choice_examples(16, seed=step)))
        (total / count).backward()
        optimizer.step()
    model.eval()
    batch = maker.teach(choice_examples(40, seed=1000))
    with torch.no_grad():
        total, count = model.loss(batch)
        model.fillers["behaviour"].vectors.copy_(model.fillers["behaviour"].vectors.roll(1, 0))
        permuted, _ = model.loss(batch)
    assert total / count < 0.3
    assert permuted > 3 * total


def test_standardized_vectors_of_known_items_have_mean_0_and_deviation_1():
    vectors = torch.randn(50, 8) * 0.01 + 5.0
    vectors[7] = 0
    found = standardize_items(vectors)
    assert without_vector(vectors).nonzero().flatten().tolist() == [7]
    assert not found[7].any()
    known = found[torch.arange(50) != 7]
    torch.testing.assert_close(known.mean(0), torch.zeros(8), atol=1e-4, rtol=0)
    assert float(known.std(correction=0)) == pytest.approx(1.0, abs=1e-3)
    assert not standardize_items(torch.zeros(3, 2)).any()


def test_vectors_that_are_none_are_an_error():
    projector = make_projector("linear", 2, 4)
    with pytest.raises(ValueError, match=r"item vectors \(3,\); \[items, width\] wanted"):
        Behaviour(torch.zeros(3), projector)
    vectors = torch.zeros(4, 2)
    vectors[2, 1] = torch.nan
    with pytest.raises(ValueError, match=r"1 of 4 items have vectors .* the first is item 2"):
        Behaviour(vectors, projector)
    with pytest.raises(ValueError, match="a batch with slots is wanted"):
        Behaviour(torch.zeros(4, 2), projector)(batch_of(Presentation.TEXT))
