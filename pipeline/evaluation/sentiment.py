"""Whether generated sentences praise where the rating is good and blame where it is bad.

The polarity of a sentence is that of the opinions that our own extraction finds in it, without the
corpus' corrections.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.explanations.corpus import extract_review
from pipeline.explanations.extraction import Extractor
from pipeline.explanations.selection import wanted_sentiment

COLUMNS = 4
"""What `agreement_counts` counts of a pair."""


def text_signs(texts: Sequence[str], extractor: Extractor) -> np.ndarray:
    """Return the sign of the opinions of each text, +1 or -1; 0 for none or as many good as bad: int [N]."""
    signs = {text: _sign(text, extractor) for text in sorted(set(texts))}
    return np.array([signs[text] for text in texts], dtype=np.int64)


def _sign(text: str, extractor: Extractor) -> int:
    _, found = extract_review(text, extractor)
    return int(np.sign(sum(candidate.sentiment for candidate in found)))


def rating_signs(ratings: Sequence[float | None]) -> np.ndarray:
    """Return +1 for ratings of 4 and more, -1 for 2 and less, 0 between and where there is none: int [N]."""
    return np.array([wanted_sentiment(rating) for rating in ratings], dtype=np.int64)


def agreement_counts(signs: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return what each pair adds to the agreement of signs [N] with wanted ones [N]: float64 [N, 4].

    Columns: agreeing where +1 is wanted, wanted +1, agreeing where -1 is wanted, wanted -1.
    """
    columns = [part for sign in (1, -1) for part in ((signs == sign) & (wanted == sign), wanted == sign)]
    return np.column_stack(columns).astype(np.float64)


def agreement(sums: np.ndarray) -> np.ndarray:
    """Return the sentiment agreement from summed counts [..., 4]: [...].

    The share of pairs with a good or a bad rating whose text has that sign; 0 without such pairs. Most
    ratings are good, so praise for all goes far.
    """
    agreeing = sums[..., 0] + sums[..., 2]
    wanted = sums[..., 1] + sums[..., 3]
    return agreeing / np.maximum(wanted, 1.0)


def balanced_agreement(sums: np.ndarray) -> np.ndarray:
    """Return the mean of the agreement with good and with bad ratings from summed counts [..., 4]: [...].

    Praise for all gives 1/2.
    """
    return (sums[..., 0] / np.maximum(sums[..., 1], 1.0) + sums[..., 2] / np.maximum(sums[..., 3], 1.0)) / 2.0
