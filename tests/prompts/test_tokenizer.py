import math
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.tokenizer import (
    PromptTokenizer,
    _whole_words,
    load_pretrained_tokenizer,
    train_tokenizer,
)
from tests.tiny import SENTENCES, scratch_tokenizer


def pieces(tokenizer: PromptTokenizer, text: str) -> list[str]:
    return [str(tokenizer._tokenizer.convert_ids_to_tokens(int(i))) for i in tokenizer.encode([text])[0]]


def test_numbers_fall_into_pieces_of_two_digits() -> None:
    tokenizer = scratch_tokenizer()
    assert pieces(tokenizer, "item_7391") == ["▁item_", "73", "91"]
    assert pieces(tokenizer, "7391") == ["▁", "73", "91"]
    assert pieces(tokenizer, "user_5") == ["▁user_", "5"]
    assert pieces(scratch_tokenizer(3), "item_739") == ["▁item_", "739"]


@given(st.integers(1, 10**7))
def test_a_number_has_the_fewest_pieces_and_comes_back(number: int) -> None:
    tokenizer = scratch_tokenizer()
    (ids,) = tokenizer.encode([str(number)])
    assert len(ids) == 1 + (len(str(number)) + 1) // 2
    assert tokenizer.decode(ids) == str(number)


@pytest.mark.parametrize("text", SENTENCES)
def test_known_text_comes_back(text: str) -> None:
    tokenizer = scratch_tokenizer()
    assert tokenizer.decode(tokenizer.encode([text])[0]) == text


def test_training_twice_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        PromptTokenizer(train_tokenizer(SENTENCES * 3, 300, 2)).save(tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "tokenizer.json" in files
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    tokenizer = scratch_tokenizer()
    tokenizer.save(tmp_path)
    loaded = PromptTokenizer.load(tmp_path)
    text = "user_12 item_7391 the strings sound ½ warm"
    assert loaded.encode([text])[0].tolist() == tokenizer.encode([text])[0].tolist()
    assert (len(loaded), loaded.pad, loaded.eos) == (len(tokenizer), tokenizer.pad, tokenizer.eos)


def test_ids_that_the_texts_never_spell_stay_apart() -> None:
    tokenizer = PromptTokenizer(train_tokenizer(["only small letters here"] * 20, 300, 2))
    ids = ["item_B00ABC", "item_B00XYZ", "item_#x-9", "item_{}"]
    assert [tokenizer.decode(tokens) for tokens in tokenizer.encode(ids)] == ids
    assert tokenizer.decode(tokenizer.encode(["only letters"])[0]) == "only letters"


def test_a_repeated_word_stays_whole_though_no_other_word_shares_its_parts() -> None:
    tokenizer = PromptTokenizer(
        train_tokenizer(["because strings break", "because my board broke"] * 9, 300, 2)
    )
    assert pieces(tokenizer, "because strings.") == ["▁because", "▁strings", "."]


def test_whole_words_are_the_most_frequent_ones_and_no_more_than_asked_for() -> None:
    texts = ["a good, good cable", "no good cable, no case"]
    found = _whole_words(texts, known={"▁no"}, most=1)
    assert found == [("▁good", pytest.approx(math.log(3 / 9)))]
    assert [word for word, _ in _whole_words(texts, known=set(), most=9)] == ["▁good", "▁cable", "▁no"]


def test_digits_of_the_training_text_make_no_pieces() -> None:
    tokenizer = PromptTokenizer(train_tokenizer(["model 20199 is 20199 good"] * 50, 300, 2))
    assert pieces(tokenizer, "20199")[1:] == ["2", "01", "99"]


def test_a_vocabulary_without_room_for_words_is_an_error() -> None:
    with pytest.raises(
        ValueError, match=r"tokenizer.vocabulary 200 leaves -\d+ pieces .* at least \d+ wanted"
    ):
        train_tokenizer(SENTENCES, 200, 3)


def test_a_pretrained_tokenizer_that_is_not_there_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    # The environment's variable is read once, when the library is imported.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ValueError, match=r"google-t5/no-such.*Give the path of a downloaded folder"):
        load_pretrained_tokenizer("google-t5/no-such")


def test_an_empty_folder_says_which_stage_to_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no tokenizer.json; run the tokenizer stage"):
        PromptTokenizer.load(tmp_path)


SCRIPTS = (
    "Звук очень хороший, и цена приятная",
    "यह बहुत अच्छा है और आवाज़ साफ है",
    "ดีมากครับ เสียงดี ราคาถูก",
    "音がとても良いです。値段も安い。",
    "الصوت رائع جدا والسعر مناسب",
    "소리가 아주 좋아요",
    "tre\u0300s e\u0301légant",
)


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_text_in_any_script_comes_back(text: str) -> None:
    tokenizer = PromptTokenizer(train_tokenizer(SCRIPTS * 5, 600, 2))
    assert tokenizer.decode(tokenizer.encode([text])[0]) == unicodedata.normalize("NFKC", text)
    assert tokenizer.unknown(SCRIPTS) == []


def test_texts_with_characters_that_train_never_shows_are_named() -> None:
    tokenizer = scratch_tokenizer()
    assert tokenizer.unknown(["warm strings", "звук", "a cable", "la qualité"]) == [1, 3]


def test_a_vocabulary_below_the_characters_is_an_error_whose_advice_works() -> None:
    texts = ["".join(chr(0x4E00 + 20 * row + place) for place in range(20)) for row in range(40)]
    with pytest.raises(ValueError, match=r"pieces for the 801 different characters") as refused:
        train_tokenizer(texts, 400, 2)
    wanted = int(re.findall(r"at least (\d+) wanted", str(refused.value))[0])
    tokenizer = PromptTokenizer(train_tokenizer(texts, wanted, 2))
    assert tokenizer.unknown(texts) == []
    with pytest.raises(ValueError, match="different characters"):
        train_tokenizer(texts, wanted - 1, 2)
