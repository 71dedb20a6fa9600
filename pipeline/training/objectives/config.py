"""Section `training.objective` of params.yaml."""

from typing import Literal

from pydantic import Field

from pipeline.params import Section

Method = Literal["cross_entropy", "msl", "igd", "position", "cft", "flower", "groups"]
"""The objectives that there are (`registry`)."""


class ObjectiveConfig(Section):
    """What is learned of answers that are items; texts are always learned by cross-entropy."""

    method: Method = "cross_entropy"
    """cross_entropy (the paper's equation 10), msl, igd, position, cft, flower or groups.

    msl: a softmax over the tokens that may follow in the tree of items. igd: tokens that say nothing about
    the item weigh less. position: later tokens weigh less. cft: position, and a second loss on what the
    prompt's user and items change. flower: probabilities in proportion to how frequent items are, too.
    groups: items of groups that histories have more of weigh less.
    """

    temperature: float = Field(default=1.5, gt=0)
    """Of msl: what logits are divided by, and the loss is multiplied with."""

    no_gain: float = Field(default=0.1, ge=0, le=1)
    """Of igd: the weight of a token that says nothing about the item, beside 1 of others."""

    last: float = Field(default=0.5, ge=0, le=1)
    """Of position and cft: the weight of an answer's last token, beside 1 of the first."""

    effect: float = Field(default=0.1, ge=0)
    """Of cft: the weight of the second loss."""

    flow: float = Field(default=0.1, ge=0)
    """Of flower: the weight of its own loss beside the cross-entropy."""

    groups: int = Field(default=5, ge=2)
    """Of groups: how many groups of equally many items, by popularity in train."""
