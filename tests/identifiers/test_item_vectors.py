from dataclasses import replace

import numpy as np
import pytest

from pipeline.identifiers.base import IdentifiersError
from pipeline.identifiers.item_vectors import item_vectors
from pipeline.identifiers.schemes import make_identifiers
from tests.identifiers.build import families, random, settings


def test_kinds_weigh_the_same_and_unknown_items_have_zeros():
    known = families()
    texts = known.texts()
    texts[7] = ""
    silent = replace(known, texts=lambda: texts)
    vectors = item_vectors(silent, "residual", settings("residual", residual={"width": 8}).residual).values
    lengths = np.linalg.norm(vectors.reshape(40, 2, 8), axis=2)
    assert lengths[7, 0] == 0
    np.testing.assert_allclose(np.delete(lengths[:, 0], 7), 1, rtol=1e-5)
    np.testing.assert_allclose(lengths[:, 1][lengths[:, 1] > 0], 1, rtol=1e-5)


@pytest.mark.parametrize("method", ["residual", "product"])
def test_items_without_texts_are_told_what_to_do(method):
    silent = replace(families(), texts=lambda: [""] * 40)
    advice = rf"dataset\.metadata.*or set identifiers\.{method}\.vectors to cooccurrence"
    with pytest.raises(IdentifiersError, match=advice):
        make_identifiers(settings(method), silent, random)
    found = make_identifiers(settings(method, **{method: {"vectors": "cooccurrence"}}), silent, random)
    assert len(set(found.answers)) == 40
