"""Training as in the code of DROS: the next item against one drawn item, at the end of a sequence alone."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.data.next_items import NextItems
from pipeline.recommenders.parts.dros import DrosCaser, DrosGru, DrosModel, DrosSasrec
from pipeline.recommenders.parts.released import LENGTH, left_aligned

_CUT = 20
"""The best weights are those of the highest validation HR@20, over all items."""


@dataclass(frozen=True)
class DrosSettings:
    """How a recommender is trained.

    Attributes:
        factors: D.
        dropout: of SASRec and Caser.
        steps: of the optimizer, at most.
        batch_size: examples per step, drawn with replacement.
        learning_rate: of Adam.
        weight_decay: L2, from 1e-3 to 1e-7 in LLaRA.
        check_every: steps between two looks at validation.
        patience: looks without a better one before training stops.
    """

    factors: int = 64
    dropout: float = 0.1
    steps: int = 100_000
    batch_size: int = 256
    learning_rate: float = 1e-3
    weight_decay: float = 1e-6
    check_every: int = 2000
    patience: int = 5


Build = Callable[[int, DrosSettings], DrosModel]
"""From the number of items and the settings to an untrained model."""

BUILDERS: dict[str, Build] = {
    "SASRec": lambda items, config: DrosSasrec(items, config.factors, LENGTH, config.dropout),
    "GRU4Rec": lambda items, config: DrosGru(items, config.factors, config.factors),
    "Caser": lambda items, config: DrosCaser(items, config.factors, LENGTH, config.dropout),
}


def train_dros(
    name: str,
    train: NextItems,
    validation: NextItems,
    items: int,
    settings: DrosSettings,
    seed: int,
    table: np.ndarray | None = None,
) -> tuple[DrosModel, float]:
    """Train `name` of BUILDERS; return the model of the best look at validation, and its HR@20 there.

    Examples that nothing comes before are left out. Without validation examples it is the model of the last
    step. A `table` [I, D] stands in place of the items' embeddings and isn't trained. The same seed gives the
    same weights on one machine; torch's generator is left as it was.
    """
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BUILDERS[name](items, settings)
        with torch.no_grad():
            model.item_embeddings.weight.normal_(std=0.01)
            if table is not None:
                model.item_embeddings.weight[:-1] = torch.from_numpy(table)
                model.item_embeddings.weight.requires_grad_(False)
        return _descend(model, train.after(1), validation.after(1), settings, rng)


def _descend(
    model: DrosModel,
    train: NextItems,
    validation: NextItems,
    settings: DrosSettings,
    rng: np.random.Generator,
) -> tuple[DrosModel, float]:
    items = model.s_fc.out_features
    sequences, lengths = _inputs(train, items)
    targets = torch.from_numpy(train.targets.astype(np.int64))
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    best = -1.0
    kept: dict[str, Tensor] = {}
    waited = 0
    for step in range(1, settings.steps + 1):
        rows = torch.from_numpy(rng.integers(len(train), size=settings.batch_size))
        wrong = other_items(targets[rows], items, rng)
        loss = pair_loss(model, model.states(sequences[rows], lengths[rows]), targets[rows], wrong)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % settings.check_every == 0 or step == settings.steps:
            found = hits(model, validation) if len(validation) else float(step)
            waited = 0 if found > best else waited + 1
            if found > best:
                best = found
                kept = {key: value.clone() for key, value in model.state_dict().items()}
            if waited == settings.patience:
                break
    model.load_state_dict(kept)
    return model.eval(), best


def other_items(targets: Tensor, items: int, rng: np.random.Generator) -> Tensor:
    """Draw an item beside each target, uniform over all but it, int64 [B]."""
    drawn = torch.from_numpy(rng.integers(items - 1, size=len(targets)))
    return drawn + (drawn >= targets)


def pair_loss(model: DrosModel, states: Tensor, right: Tensor, wrong: Tensor) -> Tensor:
    """Return the mean binary cross-entropy of the target and the drawn item."""
    scores = [(states * model.s_fc.weight[one]).sum(-1) + model.s_fc.bias[one] for one in (right, wrong)]
    return -(functional.logsigmoid(scores[0]) + functional.logsigmoid(-scores[1])).mean() / 2


def hits(model: DrosModel, examples: NextItems) -> float:
    """Return HR@20: the share of examples whose target is among the 20 highest scores of all items."""
    model.eval()
    sequences, lengths = _inputs(examples, model.s_fc.out_features)
    with torch.no_grad():
        scores = model(sequences, lengths)
    model.train()
    own = scores.gather(1, torch.from_numpy(examples.targets.astype(np.int64))[:, None])
    return float(((scores > own).sum(1) < _CUT).float().mean())


def _inputs(examples: NextItems, none: int) -> tuple[Tensor, Tensor]:
    return left_aligned([examples.histories[one] for one in range(len(examples))], none)
