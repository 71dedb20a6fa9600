"""Items that came after training: every scheme names them, or says why not and which schemes do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import ArtifactError
from pipeline.identifiers.base import Sources
from pipeline.identifiers.codebooks import TENSORS, Codebooks
from pipeline.identifiers.new_items import NewItem, NewItemError, load_naming, save_naming
from pipeline.identifiers.schemes import SCHEMES, make_identifiers
from tests.identifiers.build import families, random, settings

NAMING = {"residual", "titles"}
RESIDUAL = {"vectors": "text", "levels": 2, "size": 4, "width": 8}
NEW = [NewItem("N0", "family1 thing number40"), NewItem("N1", "family3 thing number41")]


@pytest.fixture
def released(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "codes.tsv"
    path.write_text("".join(f"I{item}\t{item % 7} {item}\n" for item in range(40)), encoding="utf-8")
    return {"path": str(path)}


def titled() -> Sources:
    """Families whose texts are their titles."""
    found = families()
    return replace(found, titles=found.texts)


@pytest.mark.parametrize("method", sorted(SCHEMES))
def test_every_scheme_names_new_items_or_says_why_not(released, tmp_path: Path, method: str) -> None:
    found = make_identifiers(settings(method, released=released, residual=RESIDUAL), titled(), random)
    save_naming(tmp_path / "kept", method, found.new_items)
    if method not in NAMING:
        wanted = (
            rf"\(identifiers\.method {method}\): .{{20,}}; .*titles, or residual with vectors text or both"
        )
        with pytest.raises(NewItemError, match=wanted):
            load_naming(tmp_path / "kept")
        return
    naming = load_naming(tmp_path / "kept")
    names = naming.names(NEW, found.answers)
    assert len({*names, *found.answers}) == 42
    # What is kept is all of it: the same names, and the same bytes.
    assert found.new_items.names(NEW, found.answers) == names
    save_naming(tmp_path / "again", method, naming)
    assert [file.read_bytes() for file in sorted((tmp_path / "again").iterdir())] == [
        file.read_bytes() for file in sorted((tmp_path / "kept").iterdir())
    ]


def codebooks(**changes: object) -> tuple[Codebooks, list[list[int]]]:
    """The codebooks of families, and the codes of their items."""
    found = make_identifiers(settings("residual", residual=RESIDUAL | changes), families(), random)
    assert isinstance(found.new_items, Codebooks)
    return found.new_items, found.codes


@pytest.mark.parametrize("vectors", ["text", "both"])
def test_items_of_the_data_would_get_their_own_codes_by_text_alone(vectors: str) -> None:
    """Where texts are half of the vectors, the other half is zeros: most codes are still the same."""
    kept, codes = codebooks(vectors=vectors)
    texts = families().texts()
    same = []
    for one, code in zip(kept._vectors([NewItem("N", text) for text in texts]), codes, strict=True):
        first, last = kept.codes(one)
        same.append([*first, int(last[0])] == code[:2])
    assert np.mean(same) == 1 if vectors == "text" else np.mean(same) > 0.5


def test_a_new_item_shares_the_first_code_of_its_family() -> None:
    kept, codes = codebooks()
    for family in range(4):
        (name,) = kept.names([NewItem("N", f"family{family} thing")], [])
        assert name.startswith(f"<a_{codes[family][0]}>")
    # The vector of a text is as good as the text.
    text = "family2 thing number2"
    vector = kept.space.vectors([text])[0].tolist()
    assert kept.names([NewItem("N", vector=vector)], []) == kept.names([NewItem("N", text=text)], [])


def test_names_are_made_of_known_symbols_until_they_run_out() -> None:
    kept, _ = codebooks()
    alike = NewItem("N", "family2 thing")
    taken = list(kept._near(kept._vectors([alike])[0]))
    assert kept.names([alike] * len(taken), []) == taken
    with pytest.raises(NewItemError, match="item 'N': all names of items like this one are taken"):
        kept.names([alike], taken)
    symbols = [f"<{part}" for name in taken for part in name.split("<")[1:]]
    assert set(symbols) <= set(kept.symbols)
    assert len(set(taken)) == len(taken)
    # Every last code, alone and with every symbol that told items apart in training.
    last = [one for one in kept.symbols if one.startswith("<b_")]
    more = [one for one in kept.symbols if one.startswith("<c_")]
    assert len(taken) == len(last) * (1 + len(more)) > len(last)
    # The nearest come first.
    assert {name.startswith(taken[0]) for name in taken[: 1 + len(more)]} == {True}


def test_codes_of_a_vector_by_hand() -> None:
    """At (9, 1) the centre (10, 0) is the nearest; (-1, 1) is left, which is nearer to (-1, 0)."""
    kept, _ = codebooks()
    levels = [np.array([[0.0, 10.0], [10.0, 0.0]]), np.array([[1.0, 0.0], [-1.0, 0.0]])]
    first, last = replace(kept, centres=levels).codes(np.array([9.0, 1.0]))
    assert (first, last.tolist()) == ([1], [1, 0])


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (NewItem("N"), "item 'N': none of its words"),
        (NewItem("N", "nobody ever said this"), r"item 'N': none of its words .*; tell more of it"),
        (NewItem("N", vector=[1.0, 2.0]), "item 'N': a vector of 2 numbers; 8 wanted"),
    ],
)
def test_an_item_of_which_nothing_is_known_is_refused(item: NewItem, wanted: str) -> None:
    kept, _ = codebooks()
    with pytest.raises(NewItemError, match=wanted):
        kept.names([NEW[0], item], [])


def test_codes_of_the_company_items_keep_say_so() -> None:
    found = make_identifiers(settings("residual", residual={"vectors": "cooccurrence"}), families(), random)
    assert "identifiers.residual.vectors: cooccurrence" in str(found.new_items)


def test_titles_are_told_apart_or_asked_for(tmp_path: Path) -> None:
    found = make_identifiers(settings("titles"), titled(), random)
    name = found.new_items.names
    assert name([NewItem("N", "Heat (1995)")], ["Alien"]) == ["Heat"]
    assert name([NewItem("N", "Heat (1995)"), NewItem("M", "Heat (1986)")], []) == ["Heat", "Heat (1986)"]
    for item in (NewItem("N"), NewItem("N", "Heat")):
        with pytest.raises(NewItemError, match=r"item 'N': a title wanted that no other item has"):
            name([item], ["Heat"])


def test_damaged_and_absent_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"kept: nothing there names new items.*train anew"):
        load_naming(tmp_path / "kept")
    save_naming(tmp_path / "kept", "residual", codebooks()[0])
    (tmp_path / "kept" / TENSORS).write_bytes(b"x")
    with pytest.raises(ArtifactError, match=f"{TENSORS}: doesn't fit"):
        load_naming(tmp_path / "kept")
    (tmp_path / "kept" / TENSORS).unlink()
    with pytest.raises(ArtifactError, match=f"{TENSORS}: no such file"):
        load_naming(tmp_path / "kept")
