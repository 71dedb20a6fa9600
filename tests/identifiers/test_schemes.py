"""What holds for every scheme; a new one is held to it by its name in `SCHEMES`."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.identifiers.base import IdentifiersError
from pipeline.identifiers.config import Method
from pipeline.identifiers.schemes import SCHEMES, make_identifiers
from pipeline.prompts.tokenizer import PromptTokenizer, train_tokenizer
from tests.identifiers.build import PAIRS, TIMES, histories, random, settings, sources
from tests.tiny import SENTENCES
from tools.closure import ROOT

METHODS = sorted(SCHEMES)
USERS = ["numbers", "atomic"]
NUMBERED = ["sequential", "random", "train_order", "collaborative"]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The file of `released`, for up to 96 items."""
    path: Path = tmp_path_factory.mktemp("released") / "codes.tsv"
    path.write_text("".join(f"I{item}\t{item % 7} {item}\n" for item in range(96)), encoding="utf-8")
    return {"path": str(path)}


def test_the_settings_name_the_schemes_there_are() -> None:
    assert set(get_args(Method)) == set(SCHEMES)


three_or_more = st.lists(st.lists(st.integers(0, 25), min_size=3, max_size=8), min_size=1, max_size=12)


@given(
    per_user=three_or_more,
    method=st.sampled_from(METHODS),
    users=st.sampled_from(USERS),
    clusters=st.integers(2, 5),
)
def test_names_tell_users_and_items_apart(released, per_user, method, users, clusters) -> None:
    found = histories([(user, item) for user, own in enumerate(per_user) for item in own])
    # Items need not have a word in common.
    chosen = settings(
        method,
        users=users,
        clusters=clusters,
        released=released,
        residual={"vectors": "cooccurrence"},
    )
    named = make_identifiers(chosen, sources(found), random)
    assert len(set(named.users)) == found.user_count
    assert len(set(named.items)) == len(set(named.answers)) == found.item_count
    assert sorted(named.user_numbers.tolist()) == list(range(1, found.user_count + 1))
    assert named.user_numbers.dtype == np.int32
    if method in NUMBERED:
        assert sorted(named.item_numbers.tolist()) == list(range(1, found.item_count + 1))
        assert named.item_numbers.dtype == np.int32
        assert set(named.symbols) == (set(named.users) if users == "atomic" else set())
    else:
        assert named.item_numbers is None


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_names(released, method) -> None:
    found = sources(histories(PAIRS, TIMES))
    chosen = settings(method, released=released)
    one, other = (make_identifiers(chosen, found, random) for _ in range(2))
    assert (one.users, one.items, one.answers) == (other.users, other.items, other.answers)


@pytest.mark.parametrize("method", sorted({*METHODS} - {"sequential"}))
def test_held_out_items_change_no_name(released, method) -> None:
    one = histories([(0, 0), (0, 1), (0, 2), (1, 3), (1, 4), (1, 5)])
    other = histories([(0, 0), (0, 5), (0, 4), (1, 3), (1, 2), (1, 1)])
    chosen = settings(method, released=released)
    found = [make_identifiers(chosen, sources(one_of), random).answers for one_of in (one, other)]
    assert found[0] == found[1]


@pytest.mark.parametrize("method", METHODS)
def test_tokens_for_users_change_no_name_of_items(released, method) -> None:
    found = sources(histories(PAIRS, TIMES))
    numbered, atomic = (
        make_identifiers(settings(method, released=released, users=users), found, random) for users in USERS
    )
    assert numbered.users == [f"user_{number}" for number in atomic.user_numbers]
    assert atomic.users == [f"<user_{number}>" for number in numbered.user_numbers]
    assert (atomic.items, atomic.answers) == (numbered.items, numbered.answers)
    # Behind the items' symbols, whose tokens stay the same.
    assert atomic.symbols == [*numbered.symbols, "<user_1>", "<user_2>"]


@pytest.mark.parametrize("users", USERS)
@pytest.mark.parametrize("method", METHODS)
def test_a_vocabulary_with_the_symbols_spells_every_name_apart(released, method, users) -> None:
    chosen = settings(method, released=released, users=users)
    named = make_identifiers(chosen, sources(histories(PAIRS, TIMES)), random)
    tokenizer = PromptTokenizer(train_tokenizer(SENTENCES * 3, 300, 2))
    before = len(tokenizer)
    tokenizer.add_symbols(named.symbols)
    assert len(tokenizer) == before + len(named.symbols)
    spelled = [tuple(ids.tolist()) for ids in tokenizer.encode(named.answers)]
    assert len(set(spelled)) == len(named.answers)
    closed = [answer.replace(" ", "") for answer in named.answers]
    assert [tokenizer.decode(ids).replace(" ", "") for ids in spelled] == closed
    assert tokenizer.unknown([*named.users, *named.items, *named.answers]) == []
    tokens = tokenizer.encode(named.users)
    shared = set(np.concatenate(tokens)) & set(np.concatenate(tokenizer.encode(named.items)))
    assert ([len(ids) for ids in tokens] == [1, 1]) == (users == "atomic")
    assert not shared or users == "numbers"


def test_vectors_are_asked_for_by_collaborative_alone(released) -> None:
    def absent() -> np.ndarray:
        raise FileNotFoundError("no vectors")

    found = sources(histories(PAIRS, TIMES))
    without = type(found)(found.histories, found.item_ids, found.texts, {"embeddings": absent})
    for method in ("sequential", "random", "train_order", "atomic", "released"):
        make_identifiers(settings(method, released=released), without, random)
    with pytest.raises(FileNotFoundError):
        make_identifiers(settings("collaborative"), without, random)


def test_a_shared_name_is_never_made(tmp_path: Path) -> None:
    path = tmp_path / "codes.tsv"
    path.write_text("I0\t1 2\nI1\t1 3\nI2\t1 2\nI3\t4 4\nI4\t0 1\n", encoding="utf-8")
    chosen = settings("released", released={"path": str(path)})
    with pytest.raises(IdentifiersError, match="items 'I0' and 'I2' share the mention '<a_1><b_2>'"):
        make_identifiers(chosen, sources(histories(PAIRS, TIMES)), random)


def test_a_released_symbol_that_names_a_user_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    names = {f"I{item}": [f"<user_{item}>"] for item in range(5)}
    path.write_text(json.dumps(names), encoding="utf-8")
    chosen = settings("released", released={"path": str(path)}, users="atomic")
    with pytest.raises(IdentifiersError, match="symbols '<user_1>' and '<user_1>' share the text"):
        make_identifiers(chosen, sources(histories(PAIRS, TIMES)), random)


def test_a_scheme_is_named_in_two_files_beside_its_own() -> None:
    """What a new scheme touches: its file, its name in `config`, its line in `schemes`."""
    code = [path for folder in ("pipeline", "stages") for path in (ROOT / folder).rglob("*.py")]
    naming = [path for path in code if '"atomic"' in path.read_text(encoding="utf-8")]
    own = ROOT / "pipeline/identifiers"
    assert sorted(naming) == [own / "config.py", own / "schemes.py"]
