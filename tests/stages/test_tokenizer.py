"""Stage `tokenizer` tells of what the tokenizer can't spell."""

import logging
from pathlib import Path

import pytest

from pipeline.artifacts import write_table
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.tables import EXPLANATIONS
from stages.tokenizer import main
from tests.end_to_end.runs import parameters
from tests.tiny import t5_tokenizer, tiny_t5

RUSSIAN = "Звук очень хороший, и цена приятная"


def make(folder: Path, texts: dict[str, str], **changes: object) -> PromptTokenizer:
    """Run the stage over explanations, text to split."""
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
    assert "model.backbone of t5" in caplog.text


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
