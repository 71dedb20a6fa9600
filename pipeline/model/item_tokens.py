"""Token embeddings of items that start at what a recommender knows of the items."""

import numpy as np
import torch

from pipeline.model.parts.behaviour import without_vector
from pipeline.prompts.whole_words import WordTokens


def start_at_vectors(table: torch.Tensor, answers: WordTokens, first: int, vectors: torch.Tensor) -> None:
    """Set the rows of items' own tokens to directions of item vectors, as long as the rows were on average.

    A token of several items gets their mean: of residual codes about the centroid of a cluster. The token of
    no item that has a vector stays as it is, and so does every other. Vectors keep their angles where the
    table is as wide as they are or wider; else their principal components stay. Draws from torch's generator.

    Args:
        table: token embeddings, float [V, D], changed in place.
        answers: the tokens of each item [I], integers.
        first: the first token that is an item's own: those below are of texts and numbers.
        vectors: item vectors, float [I, W]; zeros where there is none.

    Raises:
        ValueError: where no item has a token of its own and a vector.
    """
    known = ~without_vector(vectors)
    sums = torch.zeros(len(table), vectors.shape[1])
    centred = vectors - vectors[known].mean(0)
    for item in known.nonzero().flatten().tolist():
        tokens = answers[item]
        own = torch.from_numpy(tokens[tokens >= first].astype(np.int64))
        sums.index_add_(0, own, centred[item].expand(len(own), -1))
    found = ~without_vector(sums)
    if not found.any():
        raise ValueError(
            "model.item_tokens is vectors, and no item has both a token of its own and a vector: set it to "
            "fresh, or identifiers.method to atomic, residual or product"
        )
    directions = torch.nn.functional.normalize(_fitted(sums[found], table.shape[1]), dim=1)
    with torch.no_grad():
        table[found] = directions * table[first:].norm(dim=1).mean()


def _fitted(vectors: torch.Tensor, width: int) -> torch.Tensor:
    """Return vectors [N, W] at another width: turned into it, or their principal components."""
    if vectors.shape[1] > width:
        _, _, components = torch.linalg.svd(vectors, full_matrices=False)
        vectors = vectors @ components[:width].T
    turned, _ = torch.linalg.qr(torch.randn(width, vectors.shape[1]))
    return vectors @ turned.T
