"""A model on the disk: folder and GGUF file, held against transformers one prompt at a time."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.language_models.base import LanguageModelError
from pipeline.language_models.load import load_language_model
from pipeline.language_models.pretrained import Pretrained
from tests.backbones.causal.models import byte_level_tokenizer, llama_folder, llama_gguf

PROMPTS = ("the strings sound", "a cheap cable that broke after a week: the stand is sturdy", "great")
OPTIONS = ([" warm", " heavy but sturdy"], [" Yes", " No", " a week"], [" tone"])


def test_scores_are_those_of_each_sequence_alone(tmp_path: Path) -> None:
    llama = llama_folder(tmp_path)
    tokenizer = byte_level_tokenizer()
    found = load_language_model(str(tmp_path)).score(PROMPTS, OPTIONS)
    assert [len(one) for one in found] == [2, 3, 1]
    for prompt, options, scores in zip(PROMPTS, OPTIONS, found, strict=True):
        before = tokenizer(prompt)["input_ids"]
        for option, score in zip(options, scores, strict=True):
            answer = tokenizer(option)["input_ids"]
            with torch.no_grad():
                logits = llama(torch.tensor([before + answer])).logits[0].log_softmax(-1)
            wanted = sum(float(logits[len(before) + place - 1, token]) for place, token in enumerate(answer))
            assert score == pytest.approx(wanted, abs=1e-3)


def test_what_prompts_begin_with_is_read_once(tmp_path: Path) -> None:
    """Twenty questions about one user and ten about another: scores as one by one, with few tokens read."""
    llama_folder(tmp_path)
    model = Pretrained.load(str(tmp_path))
    users = ["a user has bought strings, a stand and a very long cable. ", "somebody else has bought drums. "]
    prompts = [users[place >= 20] + f"will they like number {place}?" for place in range(30)]
    options = [[" yes", " no", " never"]] * 30
    read: list[int] = []
    handle = model._model.register_forward_pre_hook(
        lambda module, args, kwargs: read.append(kwargs["input_ids"].numel()), with_kwargs=True
    )
    together = model.score(prompts, options)
    handle.remove()
    whole = sum(map(len, model._tokens([prompt + one for prompt in prompts for one in options[0]])))
    assert sum(read) < whole / 3
    for prompt, own, scores in zip(prompts, options, together, strict=True):
        (alone,) = model.score([prompt], [own])
        np.testing.assert_allclose(scores, alone, atol=1e-3)


def test_options_of_one_prompt_are_probabilities(tmp_path: Path) -> None:
    """Every token of the vocabulary as an option: together they are everything that can follow."""
    llama_folder(tmp_path)
    model = Pretrained.load(str(tmp_path))
    tokens = [[token] for token in range(1, 300)]
    model._tokens = lambda texts, special=True: [[5, 6]] if special else tokens  # type: ignore[method-assign]
    (found,) = model.score(["x"], [["any"] * 299])
    assert 0.5 < float(np.exp(found).sum()) <= 1.0001


def test_it_writes_the_likeliest_token_at_a_time(tmp_path: Path) -> None:
    llama = llama_folder(tmp_path)
    tokenizer = byte_level_tokenizer()
    written = load_language_model(str(tmp_path)).write(PROMPTS, 4)
    for prompt, text in zip(PROMPTS, written, strict=True):
        tokens = tokenizer(prompt)["input_ids"]
        start = len(tokens)
        for _ in range(4):
            with torch.no_grad():
                tokens.append(int(llama(torch.tensor([tokens])).logits[0, -1].argmax()))
            if tokens[-1] == tokenizer.eos_token_id:
                break
        assert text == tokenizer.decode(tokens[start:], skip_special_tokens=True).strip()


def test_vectors_are_means_of_states_and_padding_changes_none(tmp_path: Path) -> None:
    llama = llama_folder(tmp_path)
    tokenizer = byte_level_tokenizer()
    found = load_language_model(str(tmp_path)).embed(PROMPTS)
    assert found.dtype == np.float32
    for prompt, vector in zip(PROMPTS, found, strict=True):
        with torch.no_grad():
            states = llama.model(torch.tensor([tokenizer(prompt)["input_ids"]])).last_hidden_state[0]
        np.testing.assert_allclose(vector, states.mean(0), atol=1e-4)


def test_a_gguf_file_answers_as_its_folder_does(tmp_path: Path) -> None:
    llama = llama_gguf(tmp_path / "model.gguf")
    (tmp_path / "folder").mkdir()
    llama.save_pretrained(tmp_path / "folder")
    byte_level_tokenizer().save_pretrained(tmp_path / "folder")
    of_file, of_folder = (
        load_language_model(str(tmp_path / name)).score(PROMPTS, OPTIONS) for name in ("model.gguf", "folder")
    )
    for one, other in zip(of_file, of_folder, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("name", ["", "/no/such/folder"])
def test_a_model_that_is_not_there(name: str) -> None:
    with pytest.raises(LanguageModelError, match="the path of a folder"):
        load_language_model(name)
