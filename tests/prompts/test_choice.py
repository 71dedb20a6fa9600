from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.prompts.choice import ChoiceEncoder
from pipeline.prompts.presentation import Presentation
from pipeline.prompts.templates import Template, read_templates
from pipeline.randomness import generator
from pipeline.tasks.base import Example, Question
from pipeline.tasks.choice import CHOICE, PLACEHOLDER
from tests.choices import TITLES, choice_maker, choice_tokenizer
from tests.tiny import scratch_tokenizer

QUESTION = Question(CHOICE, 3, np.array([2, 0], dtype=np.int32), np.array([1, 0, 4], dtype=np.int32))
WORDING = Template(("heavy", "{history}", "price", "{candidates}", "?"))


def filled(presentation):
    return ChoiceEncoder(choice_tokenizer(), TITLES, presentation).fill([WORDING], [QUESTION])


def test_titles_stand_in_order_each_with_its_slot():
    tokenizer = choice_tokenizer()
    encoded = filled(Presentation.HYBRID)
    spelled = (
        f"heavy the stand {PLACEHOLDER} , the strings {PLACEHOLDER} price a cheap cable {PLACEHOLDER} , "
        f"the strings {PLACEHOLDER} , great tone {PLACEHOLDER} ?"
    )
    assert encoded.tokens.tolist() == [*tokenizer.encode([spelled])[0].tolist(), tokenizer.eos]
    (placeholder,) = tokenizer.encode([PLACEHOLDER])[0].tolist()
    assert encoded.slots.tolist() == [
        slot for slot in encoded.slots.tolist() if slot < 0 or slot in (2, 0, 1, 4)
    ]
    assert encoded.slots[encoded.slots >= 0].tolist() == [2, 0, 1, 0, 4]
    assert (encoded.tokens[encoded.slots >= 0] == placeholder).all()
    assert (encoded.tokens == placeholder).sum() == 5
    assert not encoded.rows.any()


def test_text_has_the_same_tokens_without_slots_and_behaviour_has_no_titles():
    hybrid = filled(Presentation.HYBRID)
    text = filled(Presentation.TEXT)
    assert np.array_equal(text.tokens, hybrid.tokens)
    assert text.slots is None
    alone = filled(Presentation.BEHAVIOUR)
    spelled = f"heavy {PLACEHOLDER} , {PLACEHOLDER} price {PLACEHOLDER} , {PLACEHOLDER} , {PLACEHOLDER} ?"
    assert alone.tokens[:-1].tolist() == choice_tokenizer().encode([spelled])[0].tolist()
    assert alone.slots[alone.slots >= 0].tolist() == [2, 0, 1, 0, 4]


def test_without_a_separator_nothing_stands_between_items():
    tokenizer = choice_tokenizer()
    encoded = ChoiceEncoder(tokenizer, TITLES, separator="").fill([WORDING], [QUESTION])
    spelled = (
        f"heavy the stand {PLACEHOLDER} the strings {PLACEHOLDER} price a cheap cable {PLACEHOLDER} "
        f"the strings {PLACEHOLDER} great tone {PLACEHOLDER} ?"
    )
    assert encoded.tokens.tolist() == [*tokenizer.encode([spelled])[0].tolist(), tokenizer.eos]
    assert encoded.slots[encoded.slots >= 0].tolist() == [2, 0, 1, 0, 4]


def test_an_item_that_comes_twice_is_divided_from_itself():
    question = replace(QUESTION, items=np.array([4, 4]), pool=np.array([0]))
    encoded = ChoiceEncoder(choice_tokenizer(), TITLES).fill([WORDING], [question])
    spelled = f"heavy great tone {PLACEHOLDER} , great tone {PLACEHOLDER} price the strings {PLACEHOLDER} ?"
    assert encoded.tokens[:-1].tolist() == choice_tokenizer().encode([spelled])[0].tolist()


def test_a_batch_has_slots_where_its_prompts_have():
    examples = [Example(QUESTION, 1)]
    hybrid = choice_maker(Presentation.HYBRID).teach(examples)
    text = choice_maker(Presentation.TEXT).teach(examples)
    assert text.slots is None
    assert hybrid.slots.shape == hybrid.tokens.shape == text.tokens.shape
    assert (hybrid.slots[hybrid.mask == 0] == -1).all()
    tokenizer = choice_tokenizer()
    assert tokenizer.decode(hybrid.labels[0][hybrid.labels[0] >= 0]) == TITLES[1]


def test_all_wordings_of_the_file_may_be_drawn_and_name_both_lists():
    (wordings,) = read_templates(Path("pipeline/prompts/choice.yaml"), (CHOICE,)).values()
    assert len(wordings) == 3
    maker = choice_maker(Presentation.HYBRID)
    asked = maker.ask([QUESTION] * 40, generator(0, "wordings"))
    assert len({tuple(row) for row in asked.tokens.tolist()}) == 3
    assert (asked.slots >= 0).sum(1).tolist() == [5] * 40


def test_what_can_not_be_filled_is_an_error():
    with pytest.raises(ValueError, match=r"the tokenizer has no token \[PH\]"):
        ChoiceEncoder(scratch_tokenizer(), TITLES)
    with pytest.raises(ValueError, match="1 of 2 items have a title without tokens, the first is item 1, ''"):
        ChoiceEncoder(choice_tokenizer(), ["the stand", ""])
    with pytest.raises(ValueError, match="choice question without candidates"):
        ChoiceEncoder(choice_tokenizer(), TITLES).fill([WORDING], [replace(QUESTION, pool=None)])
