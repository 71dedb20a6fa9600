"""Section `baselines` of params.yaml: the hyper-parameters of every baseline, and how long they are searched.

Each hyper-parameter is a value, or a list of values to search over on validation.
"""

from pydantic import Field

from pipeline.params import Section
from pipeline.recommenders.hyperparameters import Counts, Rates, Shares, Weights

NEED_METADATA = ("fdsa", "s3rec", "cooccurrence_text")
"""Baselines that learn from item attributes or texts."""
WITHOUT_VECTORS = ("most_popular", "user_knn", "cooccurrence_text", "neumf", "mlp", "vaecf")
"""Baselines whose scores aren't products of a user's and an item's vector."""


class NoSettings(Section):
    """Of a baseline without hyper-parameters."""


class CooccurrenceSettings(Section):
    """Of co-occurrence: `history` newest items of a user count, each age ** -`age_exponent`.

    A pair of a history counts gap ** -`gap_exponent`, times `backward` for the item that came first.
    """

    history: Counts
    gap_exponent: Weights
    age_exponent: Weights
    backward: Weights


class CooccurrenceTextSettings(CooccurrenceSettings):
    """Of co-occurrence and text: `text_weight` of the texts' part beside 1 of the other."""

    text_weight: Weights


class NeighboursSettings(Section):
    """Of nearest neighbours: how many an item or user keeps."""

    neighbours: Counts


class EaseSettings(Section):
    """Of EASE: lambda, the ridge regression's regularization."""

    regularization: Rates


class FactorsSettings(Section):
    """Of matrix factorizations by stochastic gradient descent."""

    factors: Counts
    epochs: Counts
    learning_rate: Rates
    regularization: Weights


class GraphSettings(FactorsSettings):
    """Of LightGCN, which also chooses its depth."""

    layers: Counts
    batch_size: Counts


class NeuralSettings(Section):
    """Of neural collaborative filtering; `negatives` are drawn for each interaction."""

    factors: Counts
    epochs: Counts
    learning_rate: Rates
    batch_size: Counts
    negatives: Counts


class AutoencoderSettings(Section):
    """Of variational autoencoders; `hidden` is the width of the encoder's layer."""

    factors: Counts
    hidden: Counts
    epochs: Counts
    learning_rate: Rates
    batch_size: Counts


class ChainSettings(Section):
    """Of next-item models; `negatives` are drawn for each batch, beside the batch's own items."""

    factors: Counts
    epochs: Counts
    learning_rate: Rates
    batch_size: Counts
    negatives: Counts


class WindowSettings(ChainSettings):
    """Of next-item models over the newest `history` items; `negatives` are drawn for each step."""

    history: Counts
    dropout: Shares
    weight_decay: Weights


class AttentionSettings(Section):
    """Of self-attention over the newest `history` items, scored against all items."""

    factors: Counts
    epochs: Counts
    learning_rate: Rates
    batch_size: Counts
    history: Counts
    dropout: Shares
    heads: Counts
    layers: Counts


class SampledAttentionSettings(AttentionSettings):
    """Of self-attention scored against `negatives` items per step."""

    negatives: Counts


class MaskedAttentionSettings(AttentionSettings):
    """Of BERT4Rec, which learns from the share `masked` of the items."""

    masked: Shares


class PretrainedSettings(AttentionSettings):
    """Of S3-Rec, which is pre-trained first."""

    pretraining_epochs: Counts


class BaselinesConfig(Section):
    """Hyper-parameters of every recommendation baseline; which of them run says `evaluation.baselines`.

    Attributes:
        budget: configurations tried on validation, at most, the same for every baseline.
    """

    budget: int = Field(ge=1)
    most_popular: NoSettings
    cooccurrence: CooccurrenceSettings
    cooccurrence_text: CooccurrenceTextSettings
    item_knn: NeighboursSettings
    user_knn: NeighboursSettings
    ease: EaseSettings
    bpr: FactorsSettings
    mf: FactorsSettings
    pmf: FactorsSettings
    lightgcn: GraphSettings
    neumf: NeuralSettings
    mlp: NeuralSettings
    vaecf: AutoencoderSettings
    bivaecf: AutoencoderSettings
    fpmc: ChainSettings
    gru4rec: ChainSettings
    sasrec: AttentionSettings
    sasrec_bce: SampledAttentionSettings
    bert4rec: MaskedAttentionSettings
    caser: WindowSettings
    hgn: WindowSettings
    fdsa: AttentionSettings
    s3rec: PretrainedSettings


RECOMMENDERS = tuple(name for name in BaselinesConfig.model_fields if name != "budget")
"""Every recommendation baseline; each has its module beside this one, and no other list of them is kept."""

WITH_USER_VECTORS = tuple(sorted({*RECOMMENDERS} - {*WITHOUT_VECTORS, *NEED_METADATA}))
"""Those that can make the user vectors of stage `embeddings`, which reads train interactions alone."""
