import numpy as np
import torch

from pipeline.recommenders.caser import HORIZONTAL, Caser

USERS, ITEMS, LENGTH, WIDTH = 3, 7, 4, 6


def model():
    torch.manual_seed(0)
    return Caser(USERS, ITEMS, LENGTH, WIDTH, dropout=0.5).eval()


def test_representation_against_loops():
    """The convolutions of section 3.2 written out, position by position."""
    caser = model()
    sequence = torch.tensor([[ITEMS, 2, 5, 1]])
    image = caser.items(sequence)[0].detach().numpy()
    features = []
    for height, filters in enumerate(caser.horizontal, start=1):
        weight, bias = filters.weight.detach().numpy()[:, 0], filters.bias.detach().numpy()
        for number in range(HORIZONTAL):
            windows = [image[start : start + height] for start in range(LENGTH - height + 1)]
            values = [max(0.0, float((weight[number] * window).sum() + bias[number])) for window in windows]
            features.append(max(values))
    weight, bias = caser.vertical.weight.detach().numpy()[:, 0, :, 0], caser.vertical.bias.detach().numpy()
    for number in range(len(weight)):
        features.extend(weight[number] @ image + bias[number])
    joined = caser.joined.weight.detach().numpy() @ np.array(features) + caser.joined.bias.detach().numpy()
    wanted = np.concatenate([np.maximum(joined, 0), caser.users.weight[1].detach().numpy()])
    found = caser.represent(torch.tensor([1]), sequence)[0].detach().numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_padding_is_nothing_and_stays_so():
    caser = model().train()
    caser.score_all(torch.tensor([0]), torch.tensor([[ITEMS, ITEMS, 1, 2]])).sum().backward()
    assert caser.items.weight[ITEMS].eq(0).all()
    assert caser.items.weight.grad[ITEMS].eq(0).all()
