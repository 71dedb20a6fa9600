import math

import torch

from pipeline.explainers.records import cut_share, read_records
from pipeline.explainers.words import END, PAD, START, UNKNOWN, WordVocabulary
from tests.explainers.contract import explanations, without


def test_records_by_hand():
    vocabulary = WordVocabulary(["A", " sturdy", " stand", " The", " strings", ",", " but"])
    table = without(explanations([(2, 1, 3, "train"), (0, 3, 0, "train")]), "rating")
    table = table.set_column(table.schema.get_field_index("feature"), "feature", [["sturdy stand", None]])
    pairs = read_records(table, vocabulary, 3)
    # " A" isn't in the vocabulary, "A" is.
    assert pairs.words.tolist() == [[UNKNOWN, 5, 6, END], [7, 8, UNKNOWN, END]]
    assert pairs.shown().tolist() == [[START, UNKNOWN, 5, 6], [START, 7, 8, UNKNOWN]]
    assert pairs.features.tolist() == [[5, 6], [UNKNOWN, PAD]]
    assert math.isnan(pairs.ratings[0])
    assert pairs.rows(torch.tensor([1])).users.tolist() == [0]


def test_what_is_longer_than_it_may_be_is_told():
    vocabulary = WordVocabulary(["A", " sturdy", " stand"])
    assert cut_share(["A sturdy stand", "A stand", "A"], vocabulary, 2) == 1 / 3
    assert cut_share([], vocabulary, 2) == 0.0
