import numpy as np
import torch

from pipeline.recommenders.base import TrainingData
from pipeline.recommenders.lightgcn import normalized_graph, propagate

DATA = TrainingData([np.array([0, 1, 1]), np.array([1])], None, 3)


def test_graph_by_hand():
    # Users 0 and 1, then items 2, 3 and 4; the last one has no edge. Degrees 2, 1, 1, 2, 0.
    found = normalized_graph(DATA).to_dense().numpy()
    wanted = np.zeros((5, 5))
    wanted[0, 2] = 1 / np.sqrt(2 * 1)
    wanted[0, 3] = 1 / np.sqrt(2 * 2)
    wanted[1, 3] = 1 / np.sqrt(1 * 2)
    np.testing.assert_allclose(found, wanted + wanted.T, atol=1e-6)


def test_propagation_is_the_mean_of_powers_of_the_graph():
    graph = normalized_graph(DATA)
    start = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    dense = graph.to_dense()
    wanted = (start + dense @ start + dense @ dense @ start) / 3
    torch.testing.assert_close(propagate(graph, start, 2), wanted)
