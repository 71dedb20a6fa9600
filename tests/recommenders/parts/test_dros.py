"""Each model against its arithmetic written out for one sequence at a time, without padding."""

import numpy as np
import pytest
import torch

from pipeline.recommenders.parts.dros import HEIGHTS, DrosCaser, DrosGru, DrosSasrec

ITEMS, WIDTH, LENGTH = 7, 4, 5
SEQUENCES = torch.tensor([[2, 0, 5, 7, 7], [1, 7, 7, 7, 7], [6, 2, 2, 4, 3]])
LENGTHS = torch.tensor([3, 1, 5])


def weights(model):
    return {name: array.double().numpy() for name, array in model.state_dict().items()}


def normalized(vectors, scale, shift):
    centred = vectors - vectors.mean(-1, keepdims=True)
    return centred / np.sqrt(centred.var(-1, keepdims=True) + 1e-5) * scale + shift


def sasrec(given, items):
    def layer(name, vectors):
        return vectors @ given[f"mh_attn.linear_{name}.weight"].T + given[f"mh_attn.linear_{name}.bias"]

    def norm(name, vectors):
        return normalized(vectors, given[f"{name}.weight"], given[f"{name}.bias"])

    vectors = given["item_embeddings.weight"][items] + given["positional_embeddings.weight"][: len(items)]
    # The last place alone is scored, and sees all of them.
    query = norm("ln_1", vectors[-1])
    fit = layer("k", vectors) @ layer("q", query) / np.sqrt(WIDTH)
    shares = np.exp(fit) / np.exp(fit).sum()
    state = norm("ln_2", shares @ layer("v", vectors) + query)
    within = np.maximum(given["feed_forward.w_1.weight"][..., 0] @ state + given["feed_forward.w_1.bias"], 0)
    changed = given["feed_forward.w_2.weight"][..., 0] @ within + given["feed_forward.w_2.bias"]
    return norm("ln_3", norm("feed_forward.layer_norm", changed + state))


def gru(given, items):
    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    state = np.zeros(WIDTH)
    for item in items:
        read = given["gru.weight_ih_l0"] @ given["item_embeddings.weight"][item] + given["gru.bias_ih_l0"]
        kept = given["gru.weight_hh_l0"] @ state + given["gru.bias_hh_l0"]
        reset = sigmoid(read[:WIDTH] + kept[:WIDTH])
        update = sigmoid(read[WIDTH : 2 * WIDTH] + kept[WIDTH : 2 * WIDTH])
        new = np.tanh(read[2 * WIDTH :] + reset * kept[2 * WIDTH :])
        state = (1 - update) * new + update * state
    return state


def caser(given, items):
    image = np.zeros((LENGTH, WIDTH))
    image[: len(items)] = given["item_embeddings.weight"][items]
    seen = []
    for place, height in enumerate(HEIGHTS):
        for filters, bias in zip(
            given[f"horizontal_cnn.{place}.weight"], given[f"horizontal_cnn.{place}.bias"], strict=True
        ):
            fits = [
                (image[start : start + height] * filters[0]).sum() + bias
                for start in range(LENGTH - height + 1)
            ]
            seen.append(max(0.0, *fits))
    sums = given["vertical_cnn.weight"][0, 0, :, 0] @ image + given["vertical_cnn.bias"]
    return np.concatenate([seen, np.maximum(sums, 0)])


@pytest.mark.parametrize(
    ("build", "reference"),
    [
        (lambda: DrosSasrec(ITEMS, WIDTH, LENGTH), sasrec),
        (lambda: DrosGru(ITEMS, WIDTH, WIDTH), gru),
        (lambda: DrosCaser(ITEMS, WIDTH, LENGTH), caser),
    ],
    ids=["SASRec", "GRU4Rec", "Caser"],
)
def test_scores_are_those_of_the_arithmetic_written_out(build, reference):
    torch.manual_seed(0)
    model = build()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_()
        found = model(SEQUENCES, LENGTHS).numpy()
    given = weights(model)
    for row, (sequence, length) in enumerate(zip(SEQUENCES.tolist(), LENGTHS.tolist(), strict=True)):
        state = reference(given, sequence[:length])
        wanted = given["s_fc.weight"] @ state + given["s_fc.bias"]
        assert found[row] == pytest.approx(wanted, rel=1e-4, abs=1e-4)
