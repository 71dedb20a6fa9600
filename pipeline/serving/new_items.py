"""Items that came after training, behind those of the data: named by what the scheme left for them.

Apart from `Predictor`: what makes vectors of texts changes nothing that stage `generate` writes.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.identifiers.new_items import NewItem as NewItem
from pipeline.identifiers.new_items import NewItemError, load_naming
from pipeline.serving.predictor import Predictor
from pipeline.serving.requests import RequestError


def with_items(predictor: Predictor, items: Sequence[NewItem]) -> Predictor:
    """Return a predictor that knows new items, too: it recommends, ranks and explains them, and reads them.

    The one given knows what it knew before; the two share the model, so that one thread at a time may ask
    either. Raises RequestError where the identifiers don't allow it, saying which do; for none at all, for
    ids that are there already, and for items that have no name.

    >>> from pipeline.serving import Predictor
    >>> from pipeline.serving.new_items import NewItem, with_items
    >>> predictor = with_items(predictor, [NewItem("B0NEW", "Red lip balm")])  # doctest: +SKIP
    """
    people = predictor.people
    if not items:
        raise RequestError("items", "items: empty; at least one new item wanted")
    ids = [one.item for one in items]
    known = set(people.item_ids)
    if doubled := [name for name, times in Counter(ids).items() if name in known or times > 1]:
        raise RequestError(
            "items", f"items: {doubled[0]!r} is there already, or stands twice; new ids wanted"
        )
    try:
        names = load_naming(people.new_items).names(items, people.item_answers)
    except NewItemError as error:
        raise RequestError("items", str(error)) from None
    if unknown := predictor.tokenizer.unknown(names):
        raise RequestError(
            "items", f"items: {names[unknown[0]]!r} holds characters that the model's tokenizer doesn't know"
        )
    none = np.zeros((len(items), people.item_vectors.shape[1]), dtype=people.item_vectors.dtype)
    changed = replace(
        people,
        item_ids=[*people.item_ids, *ids],
        item_mentions=[*people.item_mentions, *names],
        item_answers=[*people.item_answers, *names],
        item_titles=[*people.item_titles, *[one.title for one in items]],
        # As items have that train never shows.
        item_vectors=np.concatenate([people.item_vectors, none]),
    )
    return predictor.changed(changed)
