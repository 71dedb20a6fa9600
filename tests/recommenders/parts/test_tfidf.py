"""Terms counted in shards make the matrix of scikit-learn's own pass over all texts."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.recommenders.parts.tfidf import tfidf

WORDS = np.array(["amp", "bass", "Cable", "drum", "echo", "fret", "gain", "hum"])


def texts(seed: int) -> list[str]:
    """Some are empty, as are some shards of them."""
    draw = np.random.default_rng(seed)
    lengths = draw.integers(9, size=40)
    lengths[12:22] = 0
    return [" ".join(draw.choice(WORDS, size=length)) for length in lengths]


@pytest.mark.parametrize("most", [None, 20])
@pytest.mark.parametrize("shard", [1, 7, 1000])
def test_the_matrix_is_that_of_one_pass(monkeypatch, shard, most):
    monkeypatch.setattr("pipeline.recommenders.parts.tfidf.SHARD", shard)
    found = tfidf(texts(shard), most)
    wanted = TfidfVectorizer(
        ngram_range=(1, 2), min_df=2, max_features=most, sublinear_tf=True, dtype=np.float32
    ).fit_transform(texts(shard))
    assert type(found) is type(wanted)
    assert found.shape == wanted.shape
    for name in ("data", "indices", "indptr"):
        one, other = getattr(found, name), getattr(wanted, name)
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_texts_without_words_are_refused():
    with pytest.raises(ValueError, match="no two items have a word in common"):
        tfidf(["", "."])
