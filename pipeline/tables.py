"""The columns of every Parquet artifact: the contract between stages.

Users and items are counted from 0 inside the pipeline (`user`, `item`): users in the order of their raw
ids, items likewise, so that the internal index tells nothing about time or taste. What names
them in prompts is another thing (`USER_IDENTIFIERS`, `ITEM_IDENTIFIERS`), chosen by the `identifiers` stage.
"""

import pyarrow as pa


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=True) for name, kind in columns.items()])


USERS = _schema(user=pa.int32(), user_id=pa.string())
"""Every user once, ascending by raw id."""

ITEMS = _schema(item=pa.int32(), item_id=pa.string())
"""Every item once, ascending by raw id."""

ATTRIBUTES = _schema(item=pa.int32(), attribute=pa.string())
"""What the metadata file says of each item, ascending by both; no rows where none is given."""

ITEM_TEXTS = _schema(item=pa.int32(), title=pa.string(), categories=pa.list_(pa.string()), brand=pa.string())
"""What the metadata file says of each item as text, ascending by item; no row for an item of which it says
nothing. `title` and `brand` are null where they aren't told; `categories` are in the file's order."""

REVIEWS = _schema(
    row=pa.int64(),
    user=pa.int32(),
    item=pa.int32(),
    rating=pa.float32(),
    timestamp=pa.int64(),
    summary=pa.string(),
    text=pa.string(),
)
"""One kept review a line, in file order. `row` counts the records of the raw source from 1; `timestamp`
is in Unix seconds; `summary` and `text` are null where the source has none."""

INTERACTIONS = _schema(
    user=pa.int32(),
    item=pa.int32(),
    position=pa.int32(),
    rating=pa.float32(),
    timestamp=pa.int64(),
    row=pa.int64(),
)
"""Splits of the histories, sorted by (user, position); `position` is the place in the user's whole history
from 0. Of a split by users (`dataset.split`) validation and test hold whole histories, of which the last
interaction is asked for. `rating` and `timestamp` are null where the source has none (the P5 format)."""

CANDIDATES = _schema(user=pa.int32(), negatives=pa.list_(pa.int32()))
"""The negatives of each user's top-n test, items never interacted with; ascending by user."""

CHOICES = _schema(
    split=pa.string(),
    draw=pa.int32(),
    user=pa.int32(),
    history=pa.list_(pa.int32()),
    target=pa.int32(),
    candidates=pa.list_(pa.int32()),
)
"""Next items and the candidates that they are to be chosen from, target included and shuffled: the examples
of a split in one order per draw, the draws one after another. `history` is what the prompt shows."""

CHOSEN = _schema(draw=pa.int32(), user=pa.int32(), item=pa.int32(), text=pa.string(), text_alone=pa.string())
"""What a method chose from each set of CHOICES' test split, draw by draw in its order, of the first draws or
of all. `item` is the candidate with the highest score or likelihood; `text` what a language model wrote, and
`text_alone` what it wrote to the same prompt without vectors, null for what doesn't write."""

TEACHER = _schema(targets=pa.list_(pa.int32()))
"""Items that the teacher holds likely after each prefix of the train histories, in the order of users and
positions, each user's first item left out; no rows without a teacher."""

TUPLES = _schema(
    row=pa.int64(),
    user=pa.int32(),
    item=pa.int32(),
    feature=pa.string(),
    opinion=pa.string(),
    sentence=pa.string(),
    sentiment=pa.int8(),
)
"""What the extraction found, in review order; `sentiment` is +1 or -1."""

LEXICON = _schema(
    feature=pa.string(), opinion=pa.string(), sentiment=pa.int8(), positive=pa.int64(), negative=pa.int64()
)
"""Every (feature, opinion) pair with how often it was found positive and negative, most frequent first."""

EXPLANATIONS = _schema(
    user=pa.int32(),
    item=pa.int32(),
    row=pa.int64(),
    rating=pa.float32(),
    feature=pa.string(),
    opinion=pa.string(),
    sentiment=pa.int8(),
    explanation=pa.string(),
    split=pa.string(),
)
"""One explanation sentence per (user, item), ascending by (user, item); `split` is train, validation or
test."""

USER_VECTORS = _schema(user=pa.int32(), vector=pa.list_(pa.float32()))
ITEM_VECTORS = _schema(item=pa.int32(), vector=pa.list_(pa.float32()))
"""Embeddings fitted on train interactions; one row per user or item, ascending; zeros for those that train
never shows."""

NEIGHBOURS = _schema(user=pa.int32(), neighbours=pa.list_(pa.int32()), cosines=pa.list_(pa.float32()))
"""The n most similar users of each user, most similar first, the user left out."""

USER_IDENTIFIERS = _schema(user=pa.int32(), mention=pa.string(), number=pa.int32())
ITEM_IDENTIFIERS = _schema(
    item=pa.int32(), mention=pa.string(), answer=pa.string(), number=pa.int32(), codes=pa.list_(pa.int32())
)
"""What names each user or item; ascending by user or item. A prompt says `mention`, the model writes
`answer`; `number`, from 1, and `codes` are what they are made of, null where it is something else."""

RECOMMENDATIONS = _schema(user=pa.int32(), rank=pa.int32(), item=pa.int32(), score=pa.float32())
"""A ranked list per user, rank from 1; sorted by (user, rank). `item` is null for an answer that names no
real item (unconstrained decoding), which counts as a miss."""

GENERATED = _schema(user=pa.int32(), item=pa.int32(), text=pa.string(), score=pa.float32())
"""One generated explanation per (user, item) of the explanation test split, in that split's order."""

ATTENTION = _schema(user=pa.int32(), neighbours=pa.list_(pa.int32()), weights=pa.list_(pa.float32()))
"""How much a test user's collaborative prompt attends to each neighbour, the mean over heads, in the order of
NEIGHBOURS; weights of a user sum to 1. No rows for a model without attention to neighbours."""

BUNDLE_USERS = _schema(
    user=pa.int32(),
    user_id=pa.string(),
    mention=pa.string(),
    vector=pa.list_(pa.float32()),
    history=pa.list_(pa.int32()),
    train=pa.int32(),
    known=pa.int32(),
)
"""What a bundle knows of each user, ascending: the id (a pseudonym with `dataset.pseudonymize`), what prompts
call them, the fitted vector, and all items, oldest first, of which the first `train` were trained on and the
first `known` are not of the test split."""

BUNDLE_ITEMS = _schema(
    item=pa.int32(),
    item_id=pa.string(),
    mention=pa.string(),
    answer=pa.string(),
    title=pa.string(),
    vector=pa.list_(pa.float32()),
)
"""What a bundle knows of each item, ascending: the raw id, what prompts call it, what the model writes for
it, the title (null where the metadata tell none) and the fitted vector."""
