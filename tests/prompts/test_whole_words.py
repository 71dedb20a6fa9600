import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.templates import Template
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import Encoded, PromptEncoder, WordTokens
from pipeline.tasks.base import Question
from pipeline.tasks.sequential import SEQUENTIAL
from tests.backbones.causal.models import byte_level_tokenizer
from tests.tiny import scratch_tokenizer, t5_tokenizer

USERS, ITEMS = ["user_7", "user_12"], ["item_7391", "item_5", "item_123"]


def filled(encoder: PromptEncoder, text: str, user: int, items: list[int]) -> Encoded:
    return encoder.fill([Template(tuple(text.split()))], [Question(SEQUENTIAL, user, np.array(items))])


def rows(encoder: PromptEncoder, text: str, items: list[int]) -> list[int]:
    return filled(encoder, text, 1, items).rows.tolist()


def test_rows_by_hand_for_a_scratch_tokenizer() -> None:
    # ▁user_ 12 | ▁item_ 73 91 | ▁item_ 5 | </s>
    encoder = PromptEncoder(scratch_tokenizer(), USERS, ITEMS, 8)
    assert rows(encoder, "{user} {history}", [0, 1]) == [1, 1, 2, 2, 2, 3, 3, 0]


def test_rows_by_hand_for_a_sentencepiece_tokenizer() -> None:
    # ▁user _ 12 | ▁item _ 73 91 | ▁item _ 5 | </s>
    encoder = PromptEncoder(t5_tokenizer(), USERS, ITEMS, 8)
    assert rows(encoder, "{user} {history}", [0, 1]) == [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 0]


def test_other_words_get_row_0_and_ids_count_in_order_of_the_text() -> None:
    encoder = PromptEncoder(t5_tokenizer(), USERS, ITEMS, 8)
    # ▁What | ▁does | item_5: ▁item _ 5 | ▁think | ▁of | user_12: ▁user _ 12 | ▁? | </s>
    assert rows(encoder, "What does {item} think of {user} ?", [1]) == [0, 0, 1, 1, 1, 0, 0, 2, 2, 2, 0, 0]


def test_tokens_know_which_item_of_the_question_they_belong_to() -> None:
    encoder = PromptEncoder(scratch_tokenizer(), USERS, ITEMS, 8)
    # ▁item_ 73 91 | ▁item_ 5 | ▁user_ 12 | </s>, and with the user in front item_5 twice
    assert filled(encoder, "{history} {user}", 1, [0, 1]).places.tolist() == [0, 0, 0, 1, 1, -1, -1, -1]
    assert filled(encoder, "{user} {history}", 1, [1, 1]).places.tolist() == [-1, -1, 0, 0, 1, 1, -1]


def test_a_vector_stands_for_the_first_token_of_each_item_and_changes_no_other() -> None:
    plain = PromptEncoder(scratch_tokenizer(), USERS, ITEMS, 8)
    encoder = PromptEncoder(scratch_tokenizer(), USERS, ITEMS, 8, slots=True)
    # ▁item_ 73 91 | ▁item_ 5 | ▁user_ 12 | </s>
    found = filled(encoder, "{history} {user}", 1, [0, 1])
    assert found.slots is not None
    assert found.slots.tolist() == [0, -1, -1, 1, -1, -1, -1, -1]
    assert found.tokens.tolist() == filled(plain, "{history} {user}", 1, [0, 1]).tokens.tolist()
    assert filled(plain, "{history} {user}", 1, [0, 1]).slots is None


WORDINGS = ("What of {history} does {user} think", "{user} {history}", "does {user} think of {history} ?")


@pytest.mark.parametrize("tokenizer", [scratch_tokenizer(), t5_tokenizer()], ids=["scratch", "t5"])
@given(
    inputs=st.lists(
        st.tuples(
            st.sampled_from(WORDINGS), st.integers(0, 1), st.lists(st.integers(0, 2), min_size=1, max_size=9)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_tokens_equal_those_of_each_text_as_a_whole(
    tokenizer: PromptTokenizer, inputs: list[tuple[str, int, list[int]]]
) -> None:
    encoder = PromptEncoder(tokenizer, USERS, ITEMS, 64)
    templates = [Template(tuple(wording.split())) for wording, _, _ in inputs]
    found = encoder.fill(
        templates, [Question(SEQUENTIAL, user, np.array(items)) for _, user, items in inputs]
    )
    ends = found.lengths.cumsum()[:-1]
    parts = (np.split(some, ends) for some in (found.tokens, found.rows, found.places))
    for (wording, user, items), tokens, numbers, places in zip(inputs, *parts, strict=True):
        history = " ".join(ITEMS[item] for item in items)
        text = wording.replace("{history}", history).replace("{user}", USERS[user])
        assert tokens.tolist() == [*tokenizer.encode([text])[0].tolist(), tokenizer.eos]
        assert len(numbers) == len(places) == len(tokens)
        assert numbers.max() == len(items) + 1
        assert places.max() == len(items) - 1


SYMBOLS = ["<user_7>", "<user_12>", "<item_0>", "<a_3>", "<b_1>"]


def with_symbols(plain: PromptTokenizer) -> PromptTokenizer:
    """A copy that has the symbols: tests share the plain ones."""
    found = copy.deepcopy(plain)
    found.add_symbols(SYMBOLS)
    return found


WITH_SYMBOLS = {
    "scratch": with_symbols(scratch_tokenizer()),
    "t5": with_symbols(t5_tokenizer()),
    "byte level": with_symbols(PromptTokenizer(byte_level_tokenizer())),
}


@pytest.mark.parametrize("tokenizer", WITH_SYMBOLS.values(), ids=WITH_SYMBOLS)
@given(items=st.lists(st.integers(0, 2), min_size=1, max_size=9), user=st.integers(0, 1))
def test_symbols_are_words_like_others(tokenizer, items: list[int], user: int) -> None:
    """Tokens of users and items among words: those of the text as a whole, a user one token in one row."""
    names = ["<item_0>", "item_5", "<a_3><b_1>"]
    encoder = PromptEncoder(tokenizer, SYMBOLS[:2], names, 64)
    encoded = filled(encoder, "What {history} does {user} think", user, items)
    text = f"What {' '.join(names[item] for item in items)} does {SYMBOLS[user]} think"
    assert encoded.tokens.tolist() == [*tokenizer.encode([text])[0].tolist(), tokenizer.eos]
    (token,) = tokenizer.encode([SYMBOLS[user]])[0].tolist()
    assert encoded.tokens[encoded.rows == len(items) + 1].tolist() == [token]


@pytest.mark.parametrize("tokenizer", WITH_SYMBOLS.values(), ids=WITH_SYMBOLS)
def test_a_user_without_a_name_has_no_tokens_and_a_row_all_the_same(tokenizer) -> None:
    encoder = PromptEncoder(tokenizer, ["<user_7>", ""], ["<item_0>"], 8)
    (item,) = tokenizer.encode(["<item_0>"])[0].tolist()
    encoded = filled(encoder, "{user} {item}", 1, [0])
    assert encoded.tokens.tolist() == [item, tokenizer.eos]
    assert encoded.rows.tolist() == [2, 0]


def test_more_ids_than_rows_is_an_error() -> None:
    encoder = PromptEncoder(scratch_tokenizer(), USERS, ITEMS, 4)
    rows(encoder, "{user} {history}", [0, 1])
    with pytest.raises(ValueError, match=r"4 users and items, prompts.whole_words is 4: 5 or more wanted"):
        rows(encoder, "{user} {history}", [0, 1, 2])


@given(st.lists(st.lists(st.integers(0, 99), max_size=4), min_size=1, max_size=6), st.data())
def test_taking_words_is_taking_them_one_by_one(arrays: list[list[int]], data: st.DataObject) -> None:
    words = WordTokens.join([np.array(array, dtype=np.int32) for array in arrays])
    picked = data.draw(st.lists(st.integers(0, len(arrays) - 1), max_size=8))
    tokens, lengths = words.take(np.array(picked, dtype=np.int64))
    assert tokens.tolist() == [token for word in picked for token in arrays[word]]
    assert lengths.tolist() == [len(arrays[word]) for word in picked]
