"""One symbol an item: what sequential recommenders have, an embedding of its own for each item."""

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.config import IdentifiersConfig


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name each item by a token that stands for nothing else; users have shuffled numbers."""
    symbols = [f"<item_{item}>" for item in range(sources.histories.item_count)]
    return Identifiers(
        items=symbols,
        answers=symbols,
        user_numbers=random_users(sources.histories, random),
        symbols=symbols,
        new_items="each item is a token of its own, which training alone gives a meaning",
    )
