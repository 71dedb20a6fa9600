import json

import numpy as np
import pytest

from benchmarks.dataset import benchmark_tokenizer, read_dataset
from benchmarks.shapes import PROMPTS
from pipeline.prompts.inputs import make_batch_maker
from tests.benchmarks.p5 import write_folder


def test_the_tokenizer_has_the_asked_size_and_splits_ids_as_t5_does():
    tokenizer = benchmark_tokenizer(400)
    assert len(tokenizer) == 400
    pieces = tokenizer._tokenizer.convert_ids_to_tokens(tokenizer.encode(["item_7391 user_104"])[0].tolist())
    assert pieces[:4] == ["▁item", "_", "73", "91"]
    assert len(pieces) == 8


def test_too_small_a_vocabulary_is_refused():
    with pytest.raises(ValueError, match="a vocabulary of 20 tokens, at least 2"):
        benchmark_tokenizer(20)


def test_a_folder_becomes_inputs_of_all_tasks(tmp_path):
    inputs = read_dataset(write_folder(tmp_path, users=12, items=130), 400)
    assert len(inputs.user_mentions) == 12
    assert inputs.negatives.shape == (12, 99)
    assert sorted(map(int, inputs.item_answers)) == list(range(1, len(inputs.item_ids) + 1))
    for user in range(12):
        assert inputs.known[user].tolist() + inputs.test[user].tolist() == inputs.whole[user].tolist()
        assert inputs.pairs["test"].items[user] == inputs.test[user][0]
        assert inputs.pairs["train"].items[user] == inputs.train[user][-1]
    tokenizer = benchmark_tokenizer(400)
    _, answers = make_batch_maker(inputs, tokenizer, PROMPTS, 20)
    assert [len(tokenizer.encode([text])[0]) for text in inputs.texts] == [20] * 12
    assert len({tuple(answers[item].tolist()) for item in range(len(answers))}) == len(answers)


def test_the_same_folder_gives_the_same_inputs(tmp_path):
    folder = write_folder(tmp_path, users=12, items=130)
    one, two = (read_dataset(folder, 400) for _ in range(2))
    np.testing.assert_array_equal(one.negatives, two.negatives)
    assert json.dumps(one.texts) == json.dumps(two.texts)
