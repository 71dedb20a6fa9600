from dataclasses import replace

import pytest
import torch
from torch import nn

from pipeline.backbones.base import IGNORED, Embedded
from pipeline.backbones.t5.backbone import T5Backbone
from pipeline.model.joining import in_place, prefix
from pipeline.model.parts.base import Part
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batches import Batch
from tests.tiny import WIDTH, tiny_batch, tiny_model, tiny_t5

ITEMS = 7


def slotted() -> Batch:
    """A batch whose first sample has two slots, whose third has one, and whose others have none."""
    batch = tiny_batch()
    slots = torch.full_like(batch.tokens, -1)
    slots[0, 2] = 3
    slots[0, 5] = 6
    slots[2, 0] = 3
    return replace(batch, slots=slots)


class ItemVectors(Part):
    """A toy part: a vector per item."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(ITEMS, WIDTH))

    def forward(self, batch: Batch) -> torch.Tensor:
        assert batch.slots is not None
        return self.table[batch.slots[batch.slots >= 0]]


def test_prompts_stand_in_front_in_their_order_and_may_be_attended_to() -> None:
    text = Embedded(torch.arange(6.0).view(1, 3, 2), torch.tensor([[1, 1, 0]]))
    first, second = torch.full((1, 1, 2), 7.0), torch.full((1, 2, 2), 8.0, dtype=torch.float64)
    joined = prefix([first, second], text)
    assert joined.vectors[0, :, 0].tolist() == [7, 8, 8, 0, 2, 4]
    assert joined.vectors.dtype == torch.float32
    assert joined.mask.tolist() == [[1, 1, 1, 1, 1, 0]]
    assert joined.labels is None


def test_labels_of_the_text_stay_with_their_tokens() -> None:
    text = Embedded(torch.zeros(1, 2, 2), torch.ones(1, 2, dtype=torch.int64), torch.tensor([[5, IGNORED]]))
    joined = prefix([torch.zeros(1, 3, 2)], text)
    assert joined.labels.tolist() == [[IGNORED, IGNORED, IGNORED, 5, IGNORED]]


def test_without_prompts_the_text_stays_as_it_is() -> None:
    text = Embedded(torch.randn(2, 3, 2), torch.ones(2, 3, dtype=torch.int64))
    assert torch.equal(prefix([], text).vectors, text.vectors)


def test_vectors_fill_the_slots_from_the_first_to_the_last() -> None:
    text = torch.zeros(2, 3, 2)
    slots = torch.tensor([[-1, 4, 0], [2, -1, -1]])
    filled = in_place(text, slots, torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]))
    assert filled.tolist() == [[[0, 0], [1, 10], [2, 20]], [[3, 30], [0, 0], [0, 0]]]
    assert not text.any()


@pytest.mark.parametrize("count", [0, 2, 4])
def test_more_or_fewer_vectors_than_slots_are_an_error(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} vectors for 3 slots: one for each wanted"):
        in_place(torch.zeros(2, 3, 2), torch.tensor([[-1, 4, 0], [2, -1, -1]]), torch.ones(count, 2))


def test_a_part_fills_the_slots_of_a_batch_and_learns() -> None:
    part = ItemVectors()
    model = PeaPOD(T5Backbone(tiny_t5()), nn.Embedding(64, WIDTH), fillers={"behaviour": part})
    batch = slotted()
    vectors = model.embed(batch).vectors
    plain = model.embed(replace(batch, slots=None)).vectors
    assert torch.equal(vectors[0, 2], part.table[3])
    assert torch.equal(vectors[0, 5], part.table[6])
    assert torch.equal(vectors[2, 0], part.table[3])
    untouched = batch.slots < 0
    assert torch.equal(vectors[untouched], plain[untouched])
    model.loss(batch)[0].backward()
    assert part.table.grad is not None
    assert part.table.grad.abs().sum(1).nonzero().flatten().tolist() == [3, 6]
    assert "fillers.behaviour.table" in model.state_dict()


def test_slots_go_where_the_batch_goes() -> None:
    batch = slotted()
    chosen = batch.select(torch.tensor([2, 0])).cut(3)
    assert chosen.slots.tolist() == [[3, -1, -1], [-1, -1, 3]]
    assert chosen.labels.shape == (2, 5)
    assert tiny_batch().select(torch.tensor([0])).slots is None
    assert torch.equal(batch.to(torch.device("cpu")).slots, batch.slots)


def test_a_model_without_fillers_reads_the_tokens_in_the_slots() -> None:
    model = tiny_model()
    assert torch.equal(model.embed(slotted()).vectors, model.embed(tiny_batch()).vectors)
