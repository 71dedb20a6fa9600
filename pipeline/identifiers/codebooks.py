"""Frozen codebooks: new items get the codes that items of their texts would have had, as IncRec's do.

Source: TIGER (Rajput et al., 2023), which meets new items by their semantic ids. The tokenizer stays as it
was trained: every code is one that the model knows.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load_file, save

from pipeline.artifacts import ArtifactError, read_json, write_json
from pipeline.identifiers.base import code_symbol
from pipeline.identifiers.new_items import NewItem, NewItemError

if TYPE_CHECKING:
    from pipeline.embeddings.texts import TextSpace

CODEBOOKS = "codebooks.json"
TENSORS = "codebooks.safetensors"


@dataclass(frozen=True)
class Codebooks:
    """What k-means, level by level, found, and the vectors of texts that it was fitted on.

    Attributes:
        space: what makes vectors of texts, [D].
        centres: of each level, float64 [clusters, W]; W is D, or more where texts weren't all that was
            clustered: new items have zeros there, as items have that train never shows.
        symbols: the tokens of codes that the vocabulary has.
    """

    space: "TextSpace"
    centres: Sequence[np.ndarray]
    symbols: Collection[str]

    def names(self, items: Sequence[NewItem], taken: Collection[str]) -> list[str]:
        """Return codes: of each level the nearest, one more where they are taken; see `Naming`."""
        used = set(taken)
        found = []
        for item, vector in zip(items, self._vectors(items), strict=True):
            name = next((one for one in self._near(vector) if one not in used), None)
            if name is None:
                raise NewItemError(f"item {item.item!r}: all names of items like this one are taken")
            used.add(name)
            found.append(name)
        return found

    def codes(self, vector: np.ndarray) -> tuple[list[int], np.ndarray]:
        """Return the codes of a vector [W] but the last, and all last ones, the nearest first."""
        left = vector.astype(np.float64)
        chosen: list[int] = []
        for centres in self.centres[:-1]:
            chosen.append(int(_nearest(left, centres)[0]))
            left = left - centres[chosen[-1]]
        return chosen, _nearest(left, self.centres[-1])

    def _near(self, vector: np.ndarray) -> Iterator[str]:
        """Yield the names that an item with this vector may have, the best first."""
        first, last = self.codes(vector)
        for code in last.tolist():
            symbols = [code_symbol(level, one) for level, one in enumerate([*first, code])]
            # Not every combination of the last level was some item's.
            if symbols[-1] not in self.symbols:
                continue
            yield "".join(symbols)
            for more in count():
                symbol = code_symbol(len(self.centres), more)
                if symbol not in self.symbols:
                    break
                yield "".join([*symbols, symbol])

    def _vectors(self, items: Sequence[NewItem]) -> np.ndarray:
        """Return the vectors of items, float32 [N, W]; raises NewItemError for one that has none."""
        width = self.space.directions.shape[1]
        found = np.zeros((len(items), self.centres[0].shape[1]), dtype=np.float32)
        found[:, :width] = self.space.vectors([one.document for one in items])
        for row, item in enumerate(items):
            if item.vector is not None:
                if len(item.vector) != width:
                    raise NewItemError(
                        f"item {item.item!r}: a vector of {len(item.vector)} numbers; {width} wanted, as the "
                        "vectors of the items' texts have"
                    )
                found[row, :width] = item.vector
            if not found[row].any():
                raise NewItemError(
                    f"item {item.item!r}: none of its words (title, text) stands in the texts of two items "
                    "that training knew, so nothing says what it is like; tell more of it"
                )
        return found

    def save(self, folder: Path) -> None:
        """Write JSON with the terms and symbols, and the rest as safetensors."""
        levels = {f"centres_{level}": one for level, one in enumerate(self.centres)}
        tensors = {"weights": self.space.terms.weights, "directions": self.space.directions, **levels}
        # safetensors writes memory as it lies, whatever its order.
        in_order = {name: np.ascontiguousarray(one) for name, one in tensors.items()}
        (folder / TENSORS).write_bytes(save(in_order))
        words = {"levels": len(levels), "terms": self.space.terms.words, "symbols": sorted(self.symbols)}
        write_json(folder / CODEBOOKS, words)

    @classmethod
    def load(cls, folder: Path) -> "Codebooks":
        """Read what `save` wrote; raises ArtifactError naming the file that is absent or damaged."""
        # Imports torch and scikit-learn.
        from pipeline.embeddings.texts import TextSpace
        from pipeline.recommenders.parts.tfidf import Terms

        words = read_json(folder / CODEBOOKS)
        path = folder / TENSORS
        try:
            tensors = load_file(path)
            terms = Terms(words["terms"], tensors["weights"])
            centres = [tensors[f"centres_{level}"] for level in range(words["levels"])]
            return cls(TextSpace(terms, tensors["directions"]), centres, frozenset(words["symbols"]))
        except FileNotFoundError:
            raise ArtifactError(f"{path}: no such file; the folder isn't whole") from None
        except Exception as error:
            # safetensors has an exception type of its own for a damaged header.
            raise ArtifactError(f"{path}: doesn't fit {CODEBOOKS}: {error!r}") from error


def _nearest(vector: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the centres by their distance to a vector [W], the nearest first."""
    return np.argsort(np.square(centres - vector).sum(axis=1), kind="stable")
