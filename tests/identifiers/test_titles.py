from pipeline.identifiers.schemes import make_identifiers
from tests.identifiers.build import histories, random, settings, sources

TITLES = ["Net, The (1995)", "", "Alien (1979)", "Alien  (1986)", "Café"]


def test_titles_are_spoken_told_apart_and_counted():
    found = histories([(user, item) for user in range(2) for item in range(5)])
    made = make_identifiers(settings("titles"), sources(found, TITLES), random)
    assert made.items == ["The Net", "item 2", "Alien (1979)", "Alien (1986)", "Café"]
    assert made.answers == made.items
    assert made.symbols == []
    assert made.item_numbers is None
    assert sorted(made.user_numbers.tolist()) == [1, 2]
    assert made.report == {"titles": {"empty": 1, "equal": 2, "contained": 0}, "titles_told_apart": 3}
