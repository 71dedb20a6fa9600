"""Planted structure of the bundled sample: taste groups, habits, and who buys what in which order."""

from dataclasses import dataclass

from pipeline.data.config import LONGEST_HISTORY, SHORTEST_HISTORY, SampleConfig
from pipeline.data.sample_draws import Draws

MAIN_PERCENT = 69
SECOND_PERCENT = 21
HABIT_PERCENT = 72  # leaves about 65 % of all steps, since a successor may be bought already
_DAY = 86400
_FIRST_DAY = 14610  # 2010-01-01


@dataclass(frozen=True)
class SampleWorld:
    """What is planted, by internal position (the published ids are shuffled).

    Attributes:
        groups: items of each taste group in the group's cyclic habit order.
        group_of: group of each item.
        successor: the item that habit puts after each item.
        main: main group of each user.
        second: secondary group of each user.
        histories: items of each user in time order.
        times: Unix seconds of each history, strictly growing.
    """

    groups: list[list[int]]
    group_of: list[int]
    successor: list[int]
    main: list[int]
    second: list[int]
    histories: list[list[int]]
    times: list[list[int]]


def plant(config: SampleConfig, draws: Draws) -> SampleWorld:
    """Draw groups, tastes and histories; every user and every item has at least 5 interactions."""
    groups = _groups(config.items, draws)
    group_of = [0] * config.items
    successor = [0] * config.items
    for number, members in enumerate(groups):
        for place, item in enumerate(members):
            group_of[item] = number
            successor[item] = members[(place + 1) % len(members)]
    main = [user % len(groups) for user in draws.permutation(config.users)]
    # Neighbouring groups share users, so that tastes go together.
    second = [(group + 1 + draws.below(2)) % len(groups) for group in main]
    popularity = [2 + draws.below(4) for _ in range(config.items)]
    world = SampleWorld(groups, group_of, successor, main, second, [], [])
    for user, length in enumerate(_lengths(config, draws)):
        world.histories.append(_history(world, user, length, popularity, draws))
        world.times.append(_times(length, draws))
    _lift_rare_items(world, config.items, draws)
    return world


def _groups(items: int, draws: Draws) -> list[list[int]]:
    """About 12 or 13 items a group, each group in its habit order."""
    count = max(2, items * 2 // 25)
    groups: list[list[int]] = [[] for _ in range(count)]
    for place, item in enumerate(draws.permutation(items)):
        groups[place % count].append(item)
    return groups


def _lengths(config: SampleConfig, draws: Draws) -> list[int]:
    """History lengths from 5 to 16 that sum to `config.reviews`."""
    lengths = [SHORTEST_HISTORY + draws.below(12) for _ in range(config.users)]
    missing = config.reviews - sum(lengths)
    step = 1 if missing > 0 else -1
    while missing:
        user = draws.below(config.users)
        if SHORTEST_HISTORY <= lengths[user] + step <= LONGEST_HISTORY:
            lengths[user] += step
            missing -= step
    return lengths


def _history(world: SampleWorld, user: int, length: int, popularity: list[int], draws: Draws) -> list[int]:
    history: list[int] = []
    while len(history) < length:
        item = world.successor[history[-1]] if history and draws.percent(HABIT_PERCENT) else None
        if item is None or item in history:
            item = _by_taste(world, user, history, popularity, draws)
        history.append(item)
    return history


def _by_taste(world: SampleWorld, user: int, history: list[int], popularity: list[int], draws: Draws) -> int:
    """An item not yet bought, from the main, the secondary or any group."""
    while True:
        taste = draws.weighted((MAIN_PERCENT, SECOND_PERCENT, 100 - MAIN_PERCENT - SECOND_PERCENT))
        group = (world.main[user], world.second[user], draws.below(len(world.groups)))[taste]
        left = [item for item in world.groups[group] if item not in history]
        if left:
            return left[draws.weighted([popularity[item] for item in left])]


def _times(length: int, draws: Draws) -> list[int]:
    day = _FIRST_DAY + draws.below(900)
    times = []
    for _ in range(length):
        times.append(day * _DAY)
        day += 1 + draws.below(40)
    return times


def _lift_rare_items(world: SampleWorld, items: int, draws: Draws) -> None:
    """Give every item at least 5 interactions, at the cost of the items that have most."""
    counts = [0] * items
    for history in world.histories:
        for item in history:
            counts[item] += 1
    for item in range(items):
        while counts[item] < SHORTEST_HISTORY:
            user = draws.below(len(world.histories))
            history = world.histories[user]
            place = max(range(len(history)), key=lambda at: counts[history[at]])
            if item in history or counts[history[place]] <= SHORTEST_HISTORY:
                continue
            counts[history[place]] -= 1
            counts[item] += 1
            history[place] = item
