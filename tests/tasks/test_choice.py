from collections import Counter
from dataclasses import replace

import numpy as np

from pipeline.data.next_items import every_item
from pipeline.randomness import generator
from pipeline.tasks.choice import CHOICE, ChoiceExamples, stored_questions
from tests.data.test_histories import histories
from tests.training.test_samples import inputs


def test_candidates_are_drawn_anew_and_hold_the_target_anywhere():
    examples = ChoiceExamples(every_item(histories([1, 2, 3, 4]), longest=2).after(2), items=40, candidates=5)
    assert len(examples) == 2
    rng = generator(0, "choice")
    places = Counter()
    seen = set()
    for _ in range(1000):
        example = examples.draw(1, rng)
        assert (example.question.user, example.question.items.tolist(), example.answer) == (0, [2, 3], 4)
        pool = example.question.pool.tolist()
        assert len(set(pool)) == 5
        # What came before the shown history may be a candidate, what is shown may not.
        assert not {2, 3} & set(pool)
        places[pool.index(4)] += 1
        seen |= set(pool)
    assert seen == set(range(40)) - {2, 3}
    assert all(abs(places[place] - 200) < 60 for place in range(5))


def test_with_segments_a_walk_has_one_item_per_user_any_of_them():
    data = dataset()
    examples = CHOICE.training(replace(data, train=histories([1, 2, 3, 4, 5, 6], [7, 8, 9])), 10, "segments")
    assert len(examples) == 1
    rng = generator(0)
    assert {examples.draw(0, rng).answer for _ in range(50)} == {4, 5, 6}


def dataset():
    train = histories([1, 2, 3, 4], [5, 6], [7, 8, 9])
    known = histories([1, 2, 3, 4, 10], [5, 6, 11], [7, 8, 9])
    return replace(
        inputs(),
        item_ids=[str(item) for item in range(60)],
        train=train,
        validation=histories([10], [11], []),
        test=histories([12], [13], []),
        known=known,
        whole=histories([1, 2, 3, 4, 10, 12], [5, 6, 11, 13], [7, 8, 9]),
    )


def test_training_asks_for_train_items_that_three_come_before():
    examples = CHOICE.training(dataset(), history=10, samples="prefixes")
    assert [examples.draw(index, generator(0)).answer for index in range(len(examples))] == [4]


def test_validation_and_test_ask_for_the_held_out_items():
    data = dataset()
    found = CHOICE.validation(data, 4, generator(0))
    # Of the second user two items alone come before.
    assert [(one.question.user, one.question.items.tolist(), one.answer) for one in found] == [
        (0, [1, 2, 3, 4], 10)
    ]
    assert found[0].answer in found[0].question.pool
    asked = CHOICE.test(data, 4, generator(0))
    assert list(asked) == ["choice"]
    assert [(one.user, one.items.tolist()) for one in asked["choice"]] == [
        (0, [2, 3, 4, 10]),
        (1, [5, 6, 11]),
    ]
    assert [target in one.pool for one, target in zip(asked["choice"], (12, 13), strict=True)] == [True, True]
    assert all(len(set(one.pool.tolist())) == 6 for one in asked["choice"])


def test_questions_of_stored_candidates():
    examples = every_item(histories([1, 2, 3]), longest=2).after(1)
    sets = np.array([[2, 9], [8, 3]], dtype=np.int32)
    found = stored_questions(examples, sets)
    assert [(one.items.tolist(), one.pool.tolist()) for one in found] == [([1], [2, 9]), ([1, 2], [8, 3])]
