from typing import Any

import numpy as np
import pytest
import torch

from pipeline.backbones.base import IGNORED
from pipeline.prompts.batches import Batch, collate
from pipeline.prompts.whole_words import Encoded, PromptEncoder
from pipeline.randomness import generator
from pipeline.tasks.base import Example, Question
from pipeline.tasks.explanation import EXPLANATION
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.tasks.topn import TOPN
from tests.tiny import SENTENCES, scratch_tokenizer, tiny_maker


def test_a_batch_spells_its_examples() -> None:
    maker, _, numbers = tiny_maker()
    tokenizer = scratch_tokenizer()
    examples = [
        Example(Question(SEQUENTIAL, 2, np.array([0, 4, 9])), 3),
        Example(Question(SEQUENTIAL, 5, np.array([1])), 0),
    ]
    batch = maker.teach(examples)
    assert batch.labels is not None
    assert batch.users.tolist() == [2, 5]
    for row, example in enumerate(examples):
        question = example.question
        text = f"user_{question.user + 1} " + " ".join(f"item_{numbers[item]}" for item in question.items)
        assert tokenizer.decode(batch.tokens[row]) == text
        target = batch.labels[row][batch.labels[row] != IGNORED]
        assert tokenizer.decode(target) == str(numbers[example.answer])
        assert target[-1] == tokenizer.eos
        assert batch.mask[row].sum() == (batch.tokens[row] != tokenizer.pad).sum()


def test_wordings_are_drawn_in_training_and_bare_otherwise() -> None:
    maker, _, _ = tiny_maker()
    questions = [Question(TOPN, 0, np.array([1, 2]))] * 40
    bare = maker.ask(questions)
    drawn = maker.ask(questions, generator(0, "wordings"))
    assert bare.labels is None
    texts = {scratch_tokenizer().decode(row) for row in drawn.tokens}
    assert {scratch_tokenizer().decode(row) for row in bare.tokens} == {"user_1 item_29 item_28"}
    assert texts == {"user_1 item_29 item_28", "Which of item_29 item_28 suits user_1"}


def test_explanations_are_cut_with_their_end() -> None:
    maker, _, _ = tiny_maker(texts=(SENTENCES[0], " ".join(SENTENCES)))
    batch = maker.teach([Example(Question(EXPLANATION, 0, np.array([1])), answer) for answer in (0, 1)])
    assert batch.labels is not None
    assert (batch.labels != IGNORED).sum(1).max() == 20
    assert (batch.labels == scratch_tokenizer().eos).sum(1).tolist() == [1, 1]


def test_padding_is_masked() -> None:
    encoded = Encoded(*(np.array(some) for some in ([5, 6, 7, 8], [1, 1, 2, 1], [-1, -1, 0, 0], [3, 1])))
    batch = collate(TOPN, [0, 1], encoded, 0)
    assert batch.tokens.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch.rows.tolist() == [[1, 1, 2], [1, 0, 0]]
    assert batch.mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch.labels is None
    assert batch.to(torch.device("cpu")).tokens.tolist() == batch.tokens.tolist()


def item_labels(batch: Batch) -> list[str]:
    """What is to be predicted of each input, as text, and only at tokens that say the same."""
    wanted = batch.input_labels != IGNORED
    assert torch.equal(batch.input_labels[wanted], batch.tokens[wanted])
    return [scratch_tokenizer().decode(row[marked]) for row, marked in zip(batch.tokens, wanted, strict=True)]


def test_all_items_but_the_first_are_targets_where_an_example_says_so() -> None:
    """Items 0, 4, 9 and 1 are numbers 30, 26, 21 and 29, of two tokens each: item_ and the number."""
    maker, _, _ = tiny_maker()
    batch = maker.teach(
        [
            Example(Question(SEQUENTIAL, 2, np.array([0, 4, 9])), 3, np.array([0, 4, 9])),
            Example(Question(SEQUENTIAL, 5, np.array([1])), 0, np.array([1])),
            Example(Question(SEQUENTIAL, 5, np.array([0, 4])), 0),
        ]
    )
    assert item_labels(batch) == ["item_26 item_21", "", ""]
    assert (batch.input_labels != IGNORED).sum(1).tolist() == [4, 0, 0]
    # Answers are three tokens each: a word's begin, the number and the end.
    assert batch.targets == 4 + 3 * 3
    assert batch.select(torch.tensor([1, 0])).targets == 4 + 2 * 3
    assert batch.cut(0).targets == 3 * 3


def test_items_that_are_their_own_targets_are_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fill = PromptEncoder.fill
    filled: list[int] = []

    def counting(self: PromptEncoder, templates: Any, questions: Any) -> Encoded:
        filled.append(len(questions))
        return fill(self, templates, questions)

    monkeypatch.setattr(PromptEncoder, "fill", counting)
    maker, _, _ = tiny_maker()
    question = Question(SEQUENTIAL, 2, np.array([0, 4, 9]))
    own = maker.teach([Example(question, 3, question.items), Example(question, 3)])
    assert filled == [2]
    equal = maker.teach([Example(question, 3, question.items.copy()), Example(question, 3)])
    assert filled == [2, 2, 2]
    assert torch.equal(own.input_labels, equal.input_labels)


def test_other_items_are_targets_where_they_differ_in_the_last_token_alone() -> None:
    """Items 4 and 9 are numbers 26 and 21; in their place stand items 1 and 3, numbers 29 and 27."""
    maker, _, _ = tiny_maker()
    question = Question(SEQUENTIAL, 2, np.array([0, 4, 9]))
    batch = maker.teach([Example(question, 3, np.array([0, 1, 3])), Example(question, 3)])
    assert scratch_tokenizer().decode(batch.tokens[0]) == "user_3 item_30 item_26 item_21"
    labels = batch.input_labels[0]
    assert scratch_tokenizer().decode(labels[labels != IGNORED]) == "item_29 item_27"
    assert batch.input_labels[1].eq(IGNORED).all()


def test_other_items_of_names_that_differ_before_the_last_token_are_refused() -> None:
    """Numbers above 99 are of two tokens."""
    maker, _, numbers = tiny_maker(items=1500)
    places = {int(number): place for place, number in enumerate(numbers)}
    question = Question(SEQUENTIAL, 2, np.array([0, places[1234]]))
    with pytest.raises(ValueError, match="names that differ in their last token alone"):
        maker.teach([Example(question, 3, np.array([0, places[1199]]))])


def test_users_are_no_targets_wherever_they_stand() -> None:
    maker, _, _ = tiny_maker()
    question = Question(TOPN, 0, np.array([1, 2, 3]))
    batch = maker.teach([Example(question, 2, question.items)] * 20, generator(0, "wordings"))
    assert len({tuple(row) for row in batch.tokens.tolist()}) == 2
    assert set(item_labels(batch)) == {"item_28 item_27"}


def test_where_no_example_says_so_answers_alone_are_targets() -> None:
    maker, _, _ = tiny_maker()
    batch = maker.teach([Example(Question(SEQUENTIAL, 2, np.array([0, 4, 9])), 3)])
    assert batch.input_labels is None
    assert batch.targets == 3
