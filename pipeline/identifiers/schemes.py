"""The schemes that there are: what `identifiers.method` names."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.identifiers import (
    atomic,
    bits,
    collaborative,
    numbers,
    product,
    released,
    residual,
    title_tokens,
    titles,
    tree,
)
from pipeline.identifiers.base import Identifiers, RandomStream, Sources, check_identifiers
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.mentions import user_mention

Scheme = Callable[[Sources, IdentifiersConfig, RandomStream], Identifiers]

SCHEMES: Mapping[str, Scheme] = {
    "sequential": numbers.sequential,
    "random": numbers.shuffled,
    "train_order": numbers.train_order,
    "collaborative": collaborative.make,
    "atomic": atomic.make,
    "released": released.make,
    "residual": residual.make,
    "product": product.make,
    "tree": tree.make,
    "bits": bits.make,
    "title_tokens": title_tokens.make,
    "titles": titles.make,
}
"""By method, as `IdentifiersConfig` names them."""


def make_identifiers(settings: IdentifiersConfig, sources: Sources, random: RandomStream) -> Identifiers:
    """Return what the scheme of `settings` makes, with users as `settings.users` has them.

    Raises IdentifiersError where two users or items would share a name.
    """
    found = SCHEMES[settings.method](sources, settings, random)
    if settings.users == "atomic":
        found = with_user_tokens(found)
    check_identifiers(found, settings.method, sources)
    return found


def with_user_tokens(found: Identifiers) -> Identifiers:
    """Return `found` with a token for each user, behind those of the items."""
    named = replace(found, user_tokens=True)
    numbers = sorted(found.user_numbers.tolist())
    return replace(named, symbols=[*found.symbols, *(user_mention(number, True) for number in numbers)])
