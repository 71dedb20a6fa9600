import numpy as np
import torch

from pipeline.recommenders.bert4rec import BERT4Rec, draw_masks

ITEMS, LENGTH = 6, 4


def model():
    torch.manual_seed(0)
    return BERT4Rec(ITEMS, LENGTH, 8, 2, 1, 0.5).eval()


def test_the_next_item_is_asked_for_by_a_mask_behind_the_newest():
    bert = model()
    places = torch.tensor([[ITEMS, 1, 4, 0]])
    masked = torch.tensor([[False, False, False, True]])
    asked = bert.encode(places, masked)[0, -1]
    # The oldest of four items makes room for the mask.
    torch.testing.assert_close(bert.represent(torch.tensor([[ITEMS, ITEMS, 1, 4]]))[0], asked)
    full = bert.encode(torch.tensor([[2, 1, 4, 0]]), masked)[0, -1]
    torch.testing.assert_close(bert.represent(torch.tensor([[5, 2, 1, 4]]))[0], full)


def test_a_mask_is_seen_by_the_others_and_padding_is_not():
    bert, masked = model(), torch.tensor([[False, False, False, True]])
    asked = bert.represent(torch.tensor([[ITEMS, ITEMS, 1, 4]]))
    with torch.no_grad():
        bert.items.weight[ITEMS] = 9.0
    torch.testing.assert_close(bert.represent(torch.tensor([[ITEMS, ITEMS, 1, 4]])), asked)
    seen = bert.encode(torch.tensor([[1, 2, 3, 0]]), masked)[0, 0]
    with torch.no_grad():
        bert.mask += torch.arange(8.0)
    assert not torch.allclose(bert.encode(torch.tensor([[1, 2, 3, 0]]), masked)[0, 0], seen)


def test_masks_are_a_share_of_the_items_and_never_none():
    there = torch.ones(2000, LENGTH, dtype=torch.bool)
    there[:, 0] = False
    masked = draw_masks(there, 0.3, np.random.default_rng(0))
    assert not masked[:, 0].any()
    assert masked.any(dim=1).all()
    assert abs(masked[:, 1:3].float().mean() - 0.3) < 0.02
    nobody = draw_masks(there, 0.0, np.random.default_rng(0))
    assert nobody.tolist() == [[False, False, False, True]] * 2000
