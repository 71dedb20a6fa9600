import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identifiers.clustering import cluster_order


@settings(max_examples=25)
@given(st.integers(0, 60), st.integers(2, 7), st.integers(0, 99))
def test_the_order_holds_each_position_once(count, clusters, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(0, 3, size=(count, 2)).astype(np.float32)
    assert sorted(cluster_order(vectors, clusters, rng).tolist()) == list(range(count))


def test_planted_clusters_stay_together():
    rng = np.random.default_rng(0)
    centres = 10 * np.eye(4)
    labels = rng.permutation(np.repeat(np.arange(4), 25))
    vectors = centres[labels] + rng.normal(scale=0.3, size=(100, 4))
    ordered = labels[cluster_order(vectors, 4, np.random.default_rng(1))]
    # Four runs of one label each.
    assert (np.diff(ordered) != 0).sum() == 3


def test_neighbours_in_order_are_nearer_than_chance():
    rng = np.random.default_rng(0)
    angles = rng.uniform(0, np.pi, size=300)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    ordered = angles[cluster_order(vectors, 5, np.random.default_rng(1))]
    assert np.abs(np.diff(ordered)).mean() < 0.1 * np.abs(np.diff(angles)).mean()


def test_the_same_generator_gives_the_same_order():
    vectors = np.random.default_rng(0).normal(size=(500, 8))
    one, other = (cluster_order(vectors, 6, np.random.default_rng(1)).tolist() for _ in range(2))
    assert one == other


def test_equal_and_zero_vectors_are_no_trouble():
    assert cluster_order(np.zeros((30, 3)), 4, np.random.default_rng(0)).tolist() == list(range(30))
