"""What our own next-item models share: windows of the train histories, a training loop, scoring in blocks."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import LinearCrossEntropyOptions, functional

from pipeline.recommenders.base import Fit, Fitted, TrainingData, Vectors
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.negatives import Negatives


class NextItemModel(nn.Module, ABC):
    """Scores items as next ones for users [B] and their newest items [B, L], I where there is none."""

    @abstractmethod
    def forward(self, users: Tensor, sequences: Tensor, items: Tensor) -> Tensor:
        """Return the scores [B, C] of `items` [B, C]."""

    @abstractmethod
    def score_all(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return the scores of all items [B, I]."""

    @abstractmethod
    def vectors(self, users: Tensor, sequences: Tensor) -> tuple[Tensor, Tensor]:
        """Return what stands for users and sequences [B, W], and for items [I, W]."""


class UserModel(NextItemModel):
    """A representation [B, W] of user and sequence times `output` [I, W].

    Attributes:
        items: embeddings [I + 1, D] of the items in a sequence, the last row zeros, for padding.
        users: embeddings [N, D].
        output, bias: of the items to be scored, [I, W] and [I, 1].
    """

    def __init__(self, users: int, items: int, width: int, represented: int) -> None:
        """`width` is D, `represented` W."""
        super().__init__()
        self.items = nn.Embedding(items + 1, width, padding_idx=items)
        self.users = nn.Embedding(users, width)
        self.output = nn.Embedding(items, represented)
        self.bias = nn.Embedding(items, 1)
        for table in (self.items, self.users, self.output):
            # As in the code of both papers' authors.
            nn.init.normal_(table.weight, std=1 / width)
        nn.init.zeros_(self.bias.weight)
        with torch.no_grad():
            self.items.weight[items] = 0.0

    @abstractmethod
    def represent(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return [B, W] of users [B] and their newest items [B, L], I where there is none."""

    def forward(self, users: Tensor, sequences: Tensor, items: Tensor) -> Tensor:
        """Return the scores [B, C] of `items` [B, C]."""
        state = self.represent(users, sequences)
        scores = torch.einsum("bw,bcw->bc", state, self.output(items))
        return scores + self.bias(items).squeeze(-1)

    def score_all(self, users: Tensor, sequences: Tensor) -> Tensor:
        """Return the scores of all items [B, I]."""
        return self.represent(users, sequences) @ self.output.weight.T + self.bias.weight.T

    def vectors(self, users: Tensor, sequences: Tensor) -> tuple[Tensor, Tensor]:
        """Return the representations [B, W] and `output` [I, W]."""
        return self.represent(users, sequences), self.output.weight


BLOCK = 256
"""Users whose vectors are made at a time; bounds memory."""
Build = Callable[[TrainingData, Settings], NextItemModel]
Loss = Callable[[NextItemModel, Tensor, Tensor, Tensor, Tensor], Tensor]
"""Model, users [B], sequences [B, L], targets [B] and negatives [B, C] to a loss."""


def binary_loss(
    model: NextItemModel, users: Tensor, sequences: Tensor, targets: Tensor, negatives: Tensor
) -> Tensor:
    """Return the binary cross-entropy of the target and its negatives (Caser, eq. 10)."""
    scores = model(users, sequences, torch.cat([targets[:, None], negatives], dim=1))
    wanted = torch.zeros_like(scores)
    wanted[:, 0] = 1.0
    return functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none").sum(1).mean()


def pairwise_loss(
    model: NextItemModel, users: Tensor, sequences: Tensor, targets: Tensor, negatives: Tensor
) -> Tensor:
    """Return the BPR loss of the target against each negative (HGN, eq. 9)."""
    scores = model(users, sequences, torch.cat([targets[:, None], negatives], dim=1))
    return -functional.logsigmoid(scores[:, :1] - scores[:, 1:]).sum(1).mean()


def full_loss(
    model: NextItemModel, users: Tensor, sequences: Tensor, targets: Tensor, negatives: Tensor
) -> Tensor:
    """Return the cross-entropy over all items; negatives aren't needed."""
    return functional.cross_entropy(model.score_all(users, sequences), targets)


SCORES = 1 << 20
"""Scores that exist at a time in `catalogue_loss`: 4 MiB, about what a core's caches hold."""


def catalogue_loss(states: Tensor, vectors: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross-entropy of `states` [S, D] times `vectors` [I, D] for targets [S]."""
    together = LinearCrossEntropyOptions(batch_chunk_size=max(1, SCORES // len(vectors)))
    # For fewer states than dimensions the parts cost more than they save, and torch warns of it.
    options = together if len(states) >= states.shape[1] else None
    return functional.linear_cross_entropy(states, vectors, targets, options=options)


Model = TypeVar("Model", bound=NextItemModel)
Train = Callable[[Model, TrainingData, Settings, np.random.Generator], None]


def own_model(build: Build, loss: Loss) -> Fit:
    """Fit a model of ours on a window of newest items before every step of every train history."""

    def train(model: NextItemModel, data: TrainingData, settings: Settings, rng: np.random.Generator) -> None:
        windows = training_windows(data, settings["history"])
        negatives = Negatives(data)

        def loss_of(rows: Tensor) -> Tensor:
            users = windows.users[rows]
            count = settings.get("negatives", 0)
            drawn = torch.from_numpy(negatives.draw(users.numpy(), count, rng))
            return loss(model, users, windows.sequences[rows], windows.targets[rows], drawn)

        descend(model, len(windows.users), loss_of, settings, rng)

    return trained(build, train)


def trained(build: Callable[[TrainingData, Settings], Model], train: Train[Model]) -> Fit:
    """Fit a model by `train`; its scores are of each user's newest items."""

    def fit(data: TrainingData, settings: Settings, seed: int) -> Fitted:
        rng = np.random.default_rng(seed)
        # Initial weights and dropout draw from torch's own generator, handed back as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = build(data, settings)
            train(model, data, settings, rng)
        model.eval()

        def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
            sequences = newest(histories, settings["history"], data.items)
            with torch.no_grad():
                scores = model.score_all(torch.from_numpy(users.astype(np.int64)), sequences)
            return np.asarray(scores.numpy(), dtype=np.float32)

        def vectors(width: int) -> Vectors:
            sequences = newest(data.histories, settings["history"], data.items)
            everyone = torch.arange(len(sequences))
            with torch.no_grad():
                blocks = [model.vectors(rows, sequences[rows]) for rows in everyone.split(BLOCK)]
            return Vectors(torch.cat([users for users, _ in blocks]).numpy(), blocks[0][1].detach().numpy())

        return Fitted(score, vectors)

    return fit


def descend(
    model: nn.Module,
    count: int,
    loss_of: Callable[[Tensor], Tensor],
    settings: Settings,
    rng: np.random.Generator,
) -> None:
    """Train with Adam on batches of `count` samples; `loss_of` gives the loss of those at these rows [B]."""
    optimizer = torch.optim.Adam(
        model.parameters(), lr=settings["learning_rate"], weight_decay=settings.get("weight_decay", 0.0)
    )
    for _ in range(settings["epochs"]):
        for rows in torch.from_numpy(rng.permutation(count)).split(settings["batch_size"]):
            optimizer.zero_grad()
            loss_of(rows).backward()
            optimizer.step()


@dataclass(frozen=True)
class Windows:
    """Training steps: users [S], the items before each step [S, L], the item of the step [S]."""

    users: Tensor
    sequences: Tensor
    targets: Tensor


def training_windows(data: TrainingData, length: int) -> Windows:
    """Return every step of every train history but its first item, which nothing precedes."""
    steps = [
        (user, history[:place], history[place])
        for user, history in enumerate(data.histories)
        for place in range(1, len(history))
    ]
    return Windows(
        torch.tensor([user for user, _, _ in steps], dtype=torch.long),
        newest([before for _, before, _ in steps], length, data.items),
        torch.tensor([int(target) for _, _, target in steps], dtype=torch.long),
    )


def newest(histories: list[np.ndarray], length: int, padding: int) -> Tensor:
    """Return the newest `length` items of each history, `padding` before shorter ones: int64 [B, length]."""
    sequences = np.full((len(histories), length), padding, dtype=np.int64)
    for row, history in zip(sequences, histories, strict=True):
        kept = history[-length:]
        row[length - len(kept) :] = kept
    return torch.from_numpy(sequences)
