"""Texts on their way through a file without a name: read once, long before it's known whose texts stay."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.data.records import Record
from pipeline.tables import REVIEWS

_SCHEMA = pa.schema([REVIEWS.field(name) for name in ("row", "summary", "text")])
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")
# A batch ends at either, so that long texts take no more memory than short ones.
_RECORDS = 4096
_CHARACTERS = 4 * 1024 * 1024


class TextsSetAside:
    """The texts of the records that passed; the file goes with this object, or with the process."""

    def __init__(self, folder: Path) -> None:
        """Open the file in `folder`, which has room for about a third of the text."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records, keeping their texts."""
        rows: list[int] = []
        summaries: list[str | None] = []
        texts: list[str | None] = []
        characters = 0
        with pa.ipc.new_stream(self._file, _SCHEMA, options=_OPTIONS) as stream:
            for record in records:
                yield record
                rows.append(record.row)
                summaries.append(record.summary)
                texts.append(record.text)
                characters += len(record.summary or "") + len(record.text or "")
                if len(rows) == _RECORDS or characters >= _CHARACTERS:
                    stream.write_batch(pa.record_batch([rows, summaries, texts], schema=_SCHEMA))
                    rows = []
                    summaries = []
                    texts = []
                    characters = 0
            stream.write_batch(pa.record_batch([rows, summaries, texts], schema=_SCHEMA))

    def of_rows(self, rows: np.ndarray) -> Iterator[pa.Table]:
        """Yield the texts of the records at `rows`, int64 ascending, by the batches they were read in."""
        self._file.seek(0)
        for batch in pa.ipc.open_stream(self._file):
            if batch.num_rows:
                found = batch["row"].to_numpy()
                first, last = np.searchsorted(rows, [found[0], found[-1] + 1])
                places = np.searchsorted(found, rows[first:last])
                yield pa.Table.from_batches([batch.take(pa.array(places))])
