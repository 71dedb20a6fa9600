import numpy as np
import torch
from scipy.sparse import csr_matrix

from pipeline.recommenders.fdsa import FDSA

ITEMS, LENGTH, WIDTH = 4, 3, 6
OWNED = csr_matrix(np.array([[1, 1, 0], [0, 0, 0], [0, 1, 1], [0, 1, 0]], dtype=np.float32))


def model(owned=OWNED):
    torch.manual_seed(0)
    return FDSA(owned, LENGTH, WIDTH, heads=2, layers=1, dropout=0.5).eval()


def test_attributes_are_weighed_by_attention():
    fdsa = model()
    vectors = fdsa.attributes.weight
    scores = vectors @ fdsa.importance.weight[0] + fdsa.importance.bias
    found = fdsa.described(torch.tensor([[0, 1, ITEMS], [2, 3, 0]]))
    of_0 = torch.softmax(scores[[0, 1]], 0) @ vectors[[0, 1]]
    torch.testing.assert_close(found[0, 0], of_0)
    torch.testing.assert_close(found[1, 0], torch.softmax(scores[[1, 2]], 0) @ vectors[[1, 2]])
    torch.testing.assert_close(found[1, 1], vectors[1])
    assert found[0, 1:].eq(0).all()


def test_scores_are_the_joined_streams_times_the_items():
    fdsa, sequences = model(), torch.tensor([[ITEMS, 2, 1]])
    padding = torch.tensor([[True, False, False]])
    items = fdsa.item_stream(fdsa.items(sequences), padding)[0, -1]
    attributes = fdsa.attribute_stream(fdsa.described(sequences), padding)[0, -1]
    state = fdsa.joined(torch.cat([items, attributes]))
    wanted = fdsa.items.weight[:ITEMS] @ state
    users = torch.tensor([0])
    torch.testing.assert_close(fdsa.score_all(users, sequences)[0], wanted)
    torch.testing.assert_close(fdsa(users, sequences, torch.tensor([[3, 0]]))[0], wanted[[3, 0]])


def test_what_an_item_in_the_history_is_matters_to_the_scores():
    sequences, users = torch.tensor([[ITEMS, 2, 1]]), torch.tensor([0])
    other = OWNED.toarray()
    other[2] = [1, 0, 0]
    found = [model(owned).score_all(users, sequences) for owned in (OWNED, csr_matrix(other))]
    assert not torch.allclose(*found)


def test_padding_is_nothing_and_stays_so():
    fdsa = model().train()
    fdsa.score_all(torch.tensor([0]), torch.tensor([[ITEMS, 1, 2]])).sum().backward()
    for table in (fdsa.items, fdsa.attributes):
        assert table.weight[-1].eq(0).all()
        assert table.weight.grad[-1].eq(0).all()
