"""The schemes that there are: what `identifiers.method` names."""

from collections.abc import Callable, Mapping

from pipeline.identifiers import atomic, collaborative, numbers, released, residual
from pipeline.identifiers.base import Identifiers, RandomStream, Sources, check_identifiers
from pipeline.identifiers.config import IdentifiersConfig

Scheme = Callable[[Sources, IdentifiersConfig, RandomStream], Identifiers]

SCHEMES: Mapping[str, Scheme] = {
    "sequential": numbers.sequential,
    "random": numbers.shuffled,
    "train_order": numbers.train_order,
    "collaborative": collaborative.make,
    "atomic": atomic.make,
    "released": released.make,
    "residual": residual.make,
}
"""By method, as `IdentifiersConfig` names them."""


def make_identifiers(settings: IdentifiersConfig, sources: Sources, random: RandomStream) -> Identifiers:
    """Return what the scheme of `settings` makes.

    Raises IdentifiersError where two users or items would share a name.
    """
    found = SCHEMES[settings.method](sources, settings, random)
    check_identifiers(found, settings.method, sources)
    return found
