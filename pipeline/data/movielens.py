"""The movies of MovieLens: `u.item` of 100K and `movies.dat` of 1M and 10M, which name no columns.

`movies.csv` of later releases does, and is read as any table.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.data.records import BadRecordError

GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War"),
    "Western",
)
"""As `u.genre` has them, in the order of the last columns of `u.item`."""
_BEFORE = 5
"""Columns of `u.item` before those of the genres: id, title, two dates and an address."""


@dataclass(frozen=True)
class Movies:
    """A file of movies.

    Attributes:
        delimiter: what stands between columns, `|` in 100K and `::` in 1M and 10M.
    """

    delimiter: str
    id_column: ClassVar[str] = "movieid"

    def fields(self, line: bytes) -> dict[str, Any]:
        """Return id, title and genres of one line; raises BadRecordError for a bad one."""
        cells = _text(line).strip("\r\n").split(self.delimiter)
        wanted = 3 if self.delimiter == "::" else _BEFORE + len(GENRES)
        if len(cells) != wanted:
            raise BadRecordError("line: wrong number of cells", cells, f"{wanted} between {self.delimiter}")
        if self.delimiter == "::":
            genres = cells[2].split("|")
        else:
            flags = zip(GENRES, cells[_BEFORE:], strict=True)
            genres = [name for name, flag in flags if flag == "1"]
        return {self.id_column: cells[0].strip(), "title": cells[1], "genres": genres}


def movies(first: bytes) -> Movies | None:
    """Return the file of movies that begins with this line; None where it's another file."""
    cells = _text(first).strip("\r\n").split("|")
    flags = set(cells[_BEFORE:])
    if len(cells) == _BEFORE + len(GENRES) and cells[0].isdecimal() and flags <= {"0", "1"}:
        return Movies("|")
    cells = _text(first).split("::")
    return Movies("::") if len(cells) == 3 and cells[0].isdecimal() else None


def _text(line: bytes) -> str:
    # 10M is UTF-8; 100K and 1M are ISO-8859-1, in which an accented letter is no UTF-8.
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("iso-8859-1")
