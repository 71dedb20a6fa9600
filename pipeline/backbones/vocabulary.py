"""More tokens for a pretrained model: the symbols that name items."""

from transformers import PreTrainedModel


def widen_vocabulary(model: PreTrainedModel, vocabulary: int) -> None:
    """Let `model` have `vocabulary` token embeddings; those it has stay as they are.

    New rows are drawn around the mean of the others, with their covariance, from torch's generator: seed it
    first.
    """
    model.resize_token_embeddings(vocabulary)
