"""Stage `tokenizer` tells of what the tokenizer can't spell."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.artifacts import write_json, write_table
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tables import EXPLANATIONS
from stages.tokenizer import main
from tests.end_to_end.runs import parameters
from tests.tiny import t5_tokenizer, tiny_t5

RUSSIAN = "Звук очень хороший, и цена приятная"


def make(
    folder: Path, texts: dict[str, str], symbols: Sequence[str] = (), **changes: object
) -> PromptTokenizer:
    """Run the stage over explanations, text to split."""
    write_json(folder / "data/identifiers/symbols.json", list(symbols))
    columns: dict = {name: [None] * len(texts) for name in EXPLANATIONS.names}
    columns |= {"explanation": list(texts), "split": list(texts.values())}
    write_table(folder / "data/explanations/explanations.parquet", EXPLANATIONS, columns)
    parameters(folder, {"tokenizer": {"vocabulary": 400, "number_digits": 2}, **changes})
    main(folder)
    return PromptTokenizer.load(folder / "models/tokenizer")


def test_a_scratch_tokenizer_knows_what_train_is_written_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tokenizer = make(tmp_path, {RUSSIAN: "train", "цена": "test"})
    assert tokenizer.decode(tokenizer.encode([RUSSIAN])[0]) == RUSSIAN
    assert caplog.text == ""


def test_symbols_are_whole_tokens_behind_the_others(tmp_path: Path) -> None:
    plain = make(tmp_path, {"the sound is good": "train"})
    symbols = ["<item_1>", "<item_12>", "<a_3>"]
    tokenizer = make(tmp_path, {"the sound is good": "train"}, symbols)
    assert tokenizer.symbols == 3
    assert plain.symbols == 0
    tokens = [ids.tolist() for ids in tokenizer.encode([*symbols, "<a_3><item_12>"])]
    first = len(plain)
    assert tokens == [[first], [first + 1], [first + 2], [first + 2, first + 1]]
    words = ["the sound is good", "user_17", "item_2345", "7391"]
    assert [ids.tolist() for ids in tokenizer.encode(words)] == [ids.tolist() for ids in plain.encode(words)]


def test_a_pretrained_tokenizer_learns_symbols_too(tmp_path: Path) -> None:
    t5_tokenizer().save(tmp_path / "t5")
    tiny_t5().save_pretrained(tmp_path / "t5")
    backbone = {"model.backbone": str(tmp_path / "t5")}
    tokenizer = make(tmp_path, {"of": "train"}, ["<a_3>", "<b_1>"], **backbone)
    assert tokenizer.symbols == 2
    assert tokenizer.encode(["<a_3><b_1>"])[0].tolist() == [len(tokenizer) - 2, len(tokenizer) - 1]
    assert tokenizer.decode(tokenizer.encode(["<a_3><b_1>"])[0]).replace(" ", "") == "<a_3><b_1>"


def test_characters_that_only_test_has_are_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make(tmp_path, {"the sound is good": "train", "a cable": "train", RUSSIAN: "test"})
    assert "1 of 3 explanations hold characters that the tokenizer doesn't know" in caplog.text
    assert RUSSIAN in caplog.text


def test_a_pretrained_tokenizer_for_other_languages_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    t5_tokenizer().save(tmp_path / "t5")
    tiny_t5().save_pretrained(tmp_path / "t5")
    with caplog.at_level(logging.WARNING):
        make(tmp_path, {RUSSIAN: "train", "of": "test"}, **{"model.backbone": str(tmp_path / "t5")})
    assert "1 of 2 explanations hold characters" in caplog.text
    assert "with a model.backbone of llama or t5, built from sizes" in caplog.text


def test_a_folder_that_train_could_not_read_is_told_of_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "t5"
    t5_tokenizer().save(folder)
    tiny_t5().save_pretrained(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    parameters(tmp_path, {"model.backbone": str(folder)})
    with pytest.raises(SystemExit) as ended:
        main(tmp_path)
    assert ended.value.code == 1
    assert f"error: model.backbone '{folder}': holds pytorch_model.bin; only" in capsys.readouterr().err
    assert not (tmp_path / "models").exists()
