"""Records of the explanation task as tensors: who, what, the rating, the feature and the words."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import pyarrow as pa
import torch
from torch.nn.utils.rnn import pad_sequence

from pipeline.explainers.words import END, PAD, START, UNKNOWN, WordVocabulary


@dataclass(frozen=True)
class ExplanationRecords:
    """(user, item) pairs with their explanations.

    Attributes:
        users: int64 [B].
        items: int64 [B].
        ratings: float32 [B], NaN where the source has none.
        features: word ids of the explanation's feature, int64 [B, F], behind it PAD; UNKNOWN for none.
        words: word ids of the explanation and END, int64 [B, T], behind it PAD.
    """

    users: torch.Tensor
    items: torch.Tensor
    ratings: torch.Tensor
    features: torch.Tensor
    words: torch.Tensor

    def __len__(self) -> int:
        """Return B."""
        return len(self.users)

    def rows(self, index: torch.Tensor | slice) -> "ExplanationRecords":
        """Return some of the rows."""
        return ExplanationRecords(*(getattr(self, field.name)[index] for field in fields(self)))

    def to(self, device: torch.device) -> "ExplanationRecords":
        """Return the records on `device`."""
        return ExplanationRecords(*(getattr(self, field.name).to(device) for field in fields(self)))

    def shown(self) -> torch.Tensor:
        """Return what the decoder reads while it writes `words`: START and all but the last, int64 [B, T]."""
        return torch.nn.functional.pad(self.words[:, :-1], (1, 0), value=START)


def read_records(table: pa.Table, vocabulary: WordVocabulary, longest: int) -> ExplanationRecords:
    """Turn EXPLANATIONS into tensors; of each explanation the first `longest` words count."""
    sentences = [[*vocabulary.encode(text)[:longest], END] for text in table["explanation"].to_pylist()]
    features = [vocabulary.encode(text or "") or [UNKNOWN] for text in table["feature"].to_pylist()]
    return ExplanationRecords(
        torch.tensor(table["user"].to_pylist(), dtype=torch.int64),
        torch.tensor(table["item"].to_pylist(), dtype=torch.int64),
        torch.tensor(table["rating"].fill_null(float("nan")).to_pylist(), dtype=torch.float32),
        _padded(features),
        _padded(sentences),
    )


def cut_share(texts: Sequence[str], vocabulary: WordVocabulary, longest: int) -> float:
    """Return the share of texts that `read_records` cuts at `longest` words, 0 of none."""
    return sum(len(vocabulary.encode(text)) > longest for text in texts) / max(1, len(texts))


def _padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)
