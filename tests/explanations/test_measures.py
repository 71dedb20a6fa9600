from collections import Counter

from pipeline.explanations.corpus import CHOICES
from pipeline.explanations.measures import agreement, reach, result, share
from pipeline.tables import EXPLANATIONS, INTERACTIONS, LEXICON


def test_share_of_nothing_is_none():
    assert share(1, 4) == 0.25
    assert share(0, 0) is None


def test_agreement_by_hand():
    counts = Counter(positive=8, positive_agreeing=6, negative=2, negative_agreeing=1, undecided=5)
    assert agreement(counts) == {
        "polarity_agreement": 0.7,
        "polarity_agreement_positive": 0.75,
        "polarity_agreement_negative": 0.5,
    }


def test_an_empty_dataset_divides_by_nothing():
    figures = {
        **agreement(Counter()),
        **reach(CHOICES.empty_table()),
        **result(EXPLANATIONS.empty_table(), LEXICON.empty_table(), INTERACTIONS.empty_table()),
    }
    assert figures["coverage"] is None
    assert figures["polarity_agreement"] is None
    assert figures["sequential_test_pairs_in_explanation_train"] is None
    assert figures["split_sizes"] == {"train": 0, "validation": 0, "test": 0}
    assert figures["pairs_without"]["no_text"] == 0
