"""Ratings and review texts of the bundled sample: opinions agree with the rating."""

from dataclasses import dataclass

from pipeline.data import sample_words as words
from pipeline.data.sample_draws import Draws

# How often an item of low, middling or high quality gets 1 to 5 stars.
_STARS = ((7, 12, 16, 14, 6), (2, 5, 12, 25, 18), (1, 2, 6, 22, 32))
_EMPTY_PERCENT = 1


@dataclass(frozen=True)
class ItemVoice:
    """What reviews of one item say: its kind, its strong and weak features, the word for each feature."""

    kind: str
    quality: int
    strong: tuple[int, int]
    weak: tuple[int, int]
    word: tuple[int, ...]


@dataclass(frozen=True)
class UserVoice:
    """How one user writes: two wordings of his own, the feature that he looks at first, his leniency."""

    wordings: tuple[int, int]
    cares: int
    lenient: int


def item_voice(group: int, draws: Draws) -> ItemVoice:
    """Draw the voice of an item of `group`; strong and weak features never meet."""
    kind = list(words.KINDS)[group % len(words.KINDS)]
    features = draws.permutation(len(words.KINDS[kind]))
    word = tuple(draws.below(4) for _ in features)
    return ItemVoice(kind, draws.below(3), (features[0], features[1]), (features[2], features[3]), word)


def user_voice(draws: Draws) -> UserVoice:
    """Draw the voice of a user."""
    first, second = draws.permutation(len(words.PRAISE))[:2]
    return UserVoice((first, second), draws.below(6), draws.below(3) - 1)


def rating(item: ItemVoice, user: UserVoice, draws: Draws) -> int:
    """Draw a rating, 1 to 5, from the item's quality and the user's leniency."""
    stars = 1 + draws.weighted(_STARS[item.quality])
    return min(5, max(1, stars + user.lenient)) if draws.percent(50) else stars


def review_text(item: ItemVoice, user: UserVoice, stars: int, draws: Draws) -> str:
    """Write 2 to 4 sentences whose opinions agree with `stars`; now and then nothing at all."""
    if draws.percent(_EMPTY_PERCENT):
        return ""
    said: list[int] = []
    sentences = [_opinion(item, user, praise, place, said, draws) for praise, place in _plan(stars, draws)]
    if draws.percent(40):
        sentences.insert(draws.below(len(sentences) + 1), draws.pick(words.ASIDES).format(kind=item.kind))
    return " ".join(sentences)


def verdict(stars: int, draws: Draws) -> str:
    """Write a summary line."""
    return draws.pick(words.VERDICTS[stars])


def _plan(stars: int, draws: Draws) -> list[tuple[bool, int]]:
    """Opinions in order: praise or blame, and of the first or second feature in question."""
    if stars == 3:
        return [(True, 0), (False, 0)] if draws.percent(50) else [(False, 0), (True, 0)]
    liked = stars > 3
    plan = [(liked, 0), (liked, 1)]
    if stars in (2, 4) and draws.percent(35):
        plan.append((not liked, 0))
    return plan


def _opinion(
    item: ItemVoice, user: UserVoice, praise: bool, place: int, said: list[int], draws: Draws
) -> str:
    features = item.strong if praise else item.weak
    # The feature that the user cares about comes first where the item is known for it.
    if user.cares == features[1]:
        features = (features[1], features[0])
    feature, kind = words.KINDS[item.kind][features[place]]
    opinion = (words.POSITIVE if praise else words.NEGATIVE)[kind][item.word[features[place]]]
    said.append(_wording(user.wordings[place], said, draws))
    template = (words.PRAISE if praise else words.BLAME)[said[-1]]
    return template.format(kind=item.kind, feature=feature, opinion=opinion)


def _wording(habit: int, said: list[int], draws: Draws) -> int:
    """The user's own wording in most cases, any other in the rest; none twice in a review."""
    wording = habit if draws.percent(75) else draws.below(len(words.PRAISE))
    while wording in said:
        wording = draws.below(len(words.PRAISE))
    return wording
