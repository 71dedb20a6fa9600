import numpy as np
import torch

from pipeline.recommenders.hgn import HierarchicalGating

USERS, ITEMS, LENGTH, WIDTH = 3, 7, 4, 6


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def test_representation_against_loops():
    """Equations 1 to 8 written out, item by item."""
    torch.manual_seed(0)
    hgn = HierarchicalGating(USERS, ITEMS, LENGTH, WIDTH, dropout=0.5).eval()
    sequence = torch.tensor([[ITEMS, 2, 5, 1]])
    with torch.no_grad():
        user = hgn.users.weight[2].numpy()
        w1, bias = hgn.feature_of_item.weight.numpy(), hgn.feature_of_item.bias.numpy()
        w2, w3 = hgn.feature_of_user.weight.numpy(), hgn.instance_of_item.weight.numpy()[0]
        w4 = hgn.instance_of_user.weight.numpy()
        items = hgn.items(sequence)[0].numpy()
        found = hgn.represent(torch.tensor([2]), sequence)[0].numpy()
    gated = []
    for place, item in enumerate(items):
        chosen = item * sigmoid(w1 @ item + bias + w2 @ user)
        gated.append(chosen * sigmoid(w3 @ chosen + w4[place] @ user))
    np.testing.assert_allclose(found, user + np.mean(gated, axis=0) + items.sum(axis=0), atol=1e-5)
