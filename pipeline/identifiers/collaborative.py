"""Numbers by clusters of item embeddings: near numbers, and so leading digits, share a cluster."""

import numpy as np

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, numbered, numbers_of, random_users
from pipeline.identifiers.clustering import cluster_order
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.numbers import with_unseen


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Number items along a tree of clusters of their embeddings [I, U].

    Items that train never shows have no vector to go by: they come last, shuffled.
    """
    histories = sources.histories
    users = random_users(histories, random)
    vectors = sources.vectors["embeddings"]()
    if len(vectors) != histories.item_count:
        raise ValueError(f"{len(vectors)} item vectors found, {histories.item_count} items wanted")
    seen = np.unique(histories.items[histories.train])
    order = seen[cluster_order(vectors[seen], settings.clusters, random("clusters"))]
    return numbered(users, numbers_of(with_unseen(order, histories.item_count, random("items"))))
