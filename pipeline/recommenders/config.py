"""Section `baselines` of baselines.yaml: the hyper-parameters of every baseline, and their search."""

from pydantic import Field

from pipeline.params import Section
from pipeline.recommenders.hyperparameters import Counts, NoSettings, Rates, Searched, Shares, Weights
from pipeline.recommenders.parts.counts_config import CooccurrenceSettings, CooccurrenceTextSettings
from pipeline.recommenders.parts.dros_config import DrosSearched
from pipeline.recommenders.parts.prompted_config import PromptedSettings

NEED_METADATA = ("fdsa", "s3rec", "cooccurrence_text", "dros_text")
"""Baselines that learn from item attributes or texts."""
NOT_TRAINED = ("released", "prompted")
WITHOUT_VECTORS = (*NOT_TRAINED, "most_popular", "user_knn", "cooccurrence_text", "neumf", "mlp", "vaecf")
"""Baselines that have no user vectors of their own."""


class NeighboursSettings(Searched):
    """By cosine."""

    neighbours: Counts
    """Neighbours that an item or user keeps."""


class EaseSettings(Searched):
    """Ridge regression."""

    regularization: Rates
    """Lambda."""


class FactorsSettings(Searched):
    """By stochastic gradient descent."""

    factors: Counts
    """Width of a vector."""

    epochs: Counts
    """Epochs."""

    learning_rate: Rates
    """Learning rate."""

    regularization: Weights
    """Lambda."""


class GraphSettings(FactorsSettings):
    """It also chooses its depth."""

    layers: Counts
    """Layers of the convolution."""

    batch_size: Counts
    """Interactions per batch."""


class NeuralSettings(Searched):
    """Over user and item vectors."""

    factors: Counts
    """Width of a vector."""

    epochs: Counts
    """Epochs."""

    learning_rate: Rates
    """Learning rate."""

    batch_size: Counts
    """Interactions per batch."""

    negatives: Counts
    """Negatives drawn per interaction."""


class AutoencoderSettings(Searched):
    """Of interactions."""

    factors: Counts
    """Width of a vector."""

    hidden: Counts
    """Width of the encoder's layer."""

    epochs: Counts
    """Epochs."""

    learning_rate: Rates
    """Learning rate."""

    batch_size: Counts
    """Users, or items, per batch."""


class ChainSettings(Searched):
    """With sampled negatives."""

    factors: Counts
    """Width of a vector."""

    epochs: Counts
    """Epochs."""

    learning_rate: Rates
    """Learning rate."""

    batch_size: Counts
    """Samples per batch."""

    negatives: Counts
    """Negatives drawn: per batch, beside the batch's own items (fpmc, gru4rec), or per step (caser, hgn)."""


class WindowSettings(ChainSettings):
    """Over the newest items."""

    history: Counts
    """Newest items that are read."""

    dropout: Shares
    """Dropout."""

    weight_decay: Weights
    """Weight decay."""


class AttentionSettings(Searched):
    """Self-attention."""

    factors: Counts
    """Width of a vector, a multiple of heads."""

    epochs: Counts
    """Epochs."""

    learning_rate: Rates
    """Learning rate."""

    batch_size: Counts
    """Histories per batch."""

    history: Counts
    """Newest items that are read."""

    dropout: Shares
    """Dropout."""

    heads: Counts
    """Heads of each attention."""

    layers: Counts
    """Layers."""


class SampledAttentionSettings(AttentionSettings):
    """With sampled negatives."""

    negatives: Counts
    """Negatives drawn per step."""


class MaskedAttentionSettings(AttentionSettings):
    """From both sides."""

    masked: Shares
    """Share of the items that are masked."""


class PretrainedSettings(AttentionSettings):
    """Pre-trained on attributes first."""

    pretraining_epochs: Counts
    """Epochs of the pre-training."""


class BaselinesConfig(Section):
    """Which of them run says `evaluation.baselines`; docs/baselines.md says what each is."""

    budget: int = Field(ge=1)
    """Most configurations of a method's lists tried on validation (NDCG@10), the same for every method."""

    most_popular: NoSettings
    """By interactions in train."""

    cooccurrence: CooccurrenceSettings
    """Counts of what follows what."""

    cooccurrence_text: CooccurrenceTextSettings
    """The same, and the likeness of title and categories; needs dataset.metadata."""

    item_knn: NeighboursSettings
    """Nearest neighbours of items."""

    user_knn: NeighboursSettings
    """Nearest neighbours of users."""

    ease: EaseSettings
    """Linear autoencoder."""

    bpr: FactorsSettings
    """Matrix factorization by pairwise ranking."""

    mf: FactorsSettings
    """Matrix factorization of ratings (of ones where the data has none), with biases."""

    pmf: FactorsSettings
    """Probabilistic matrix factorization of the same."""

    lightgcn: GraphSettings
    """Graph convolution over train interactions."""

    neumf: NeuralSettings
    """Neural collaborative filtering: products and layers."""

    mlp: NeuralSettings
    """Neural collaborative filtering: layers alone."""

    vaecf: AutoencoderSettings
    """Variational autoencoder of users."""

    bivaecf: AutoencoderSettings
    """Variational autoencoder of users and items."""

    fpmc: ChainSettings
    """Factorized Markov chain: the next item from the last one and the user."""

    gru4rec: ChainSettings
    """Recurrent network over the history."""

    sasrec: AttentionSettings
    """Self-attention over the newest items: every next item at once, with cross-entropy over all items."""

    sasrec_bce: SampledAttentionSettings
    """SASRec with its original loss, against sampled negatives."""

    bert4rec: MaskedAttentionSettings
    """Self-attention from both sides, which learns from masked items."""

    caser: WindowSettings
    """Convolutions over the newest items."""

    hgn: WindowSettings
    """Gates over the newest items."""

    dros_sasrec: DrosSearched
    """SASRec by the recipe of DROS, as LLaRA's authors trained theirs; its item vectors are LLaRA's."""

    dros_gru4rec: DrosSearched
    """GRU4Rec by the same recipe."""

    dros_caser: DrosSearched
    """Caser by the same recipe."""

    dros_text: DrosSearched
    """SASRec by the same recipe over TF-IDF of texts in place of embeddings; needs dataset.metadata."""

    released: NoSettings
    """What LLaRA's authors trained and released; needs embeddings.released.path."""

    prompted: PromptedSettings
    """A language model, asked in words, that ranks the first candidates of co-occurrence counts."""

    fdsa: AttentionSettings
    """Self-attention over items and over their attributes; needs dataset.metadata.

    Small, for a CPU (the paper: history 50, layers 2).
    """

    s3rec: PretrainedSettings
    """SASRec pre-trained on attributes; needs dataset.metadata.

    Small, for a CPU (the paper: history 50, layers 2).
    """


RECOMMENDERS = tuple(name for name in BaselinesConfig.model_fields if name != "budget")
"""Every recommendation baseline; each has its module beside this one, and no other list of them is kept."""

WITH_USER_VECTORS = tuple(sorted({*RECOMMENDERS} - {*WITHOUT_VECTORS, *NEED_METADATA}))
"""Those that can make the user vectors of stage `embeddings`, which reads train interactions alone."""
