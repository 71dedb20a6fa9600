import numpy as np

from pipeline.identifiers.leaks import leak_shares
from pipeline.identifiers.schemes import make_identifiers
from tests.identifiers.build import histories, random, settings, sources


def test_leak_shares_by_hand():
    # The test item continues the highest number, the last number, both, neither.
    numbers = [(1, 5, 3, 6), (4, 2, 1, 2), (1, 2, 3, 4), (5, 6, 1, 3)]
    pairs = [(user, number - 1) for user, own in enumerate(numbers) for number in own]
    shares = leak_shares(histories(pairs), np.arange(1, 7, dtype=np.int32))
    assert shares == {"highest_plus_one": 0.5, "last_plus_one": 0.5, "chance": round(1 / 6, 6)}


def test_sequential_leaks_and_the_others_do_not():
    rng = np.random.default_rng(3)
    pairs = [(user, int(item)) for user in range(400) for item in rng.integers(2000, size=6)]
    found = histories(pairs)
    shares = {}
    for method in ("sequential", "random", "train_order", "collaborative"):
        named = make_identifiers(settings(method, clusters=10), sources(found, width=4), random)
        shares[method] = leak_shares(found, named.item_numbers)["highest_plus_one"]
    assert shares.pop("sequential") > 0.2
    assert max(shares.values()) < 0.02
