"""One symbol an item: what sequential recommenders have, an embedding of its own for each item."""

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.mentions import user_mention


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name each item by a token that stands for nothing else; users have shuffled numbers."""
    users = random_users(sources.histories, random)
    symbols = [f"<item_{item}>" for item in range(sources.histories.item_count)]
    return Identifiers(
        users=[user_mention(number) for number in users],
        items=symbols,
        answers=symbols,
        user_numbers=users,
        symbols=symbols,
    )
