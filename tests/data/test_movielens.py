import gzip

import pytest

from pipeline.data.metadata import read_metadata, read_titles
from pipeline.data.records import DatasetError

FLAGS = "|".join(["0", "0", "0", "1"] + ["0"] * 15)
ITEM = f"1|Toy Story (1995)|01-Jan-1995||http://x|{FLAGS}\n".encode()
ACCENT = f"2|Mis\xe9rables, Les (1995)|||http://x|{FLAGS}\n".encode("iso-8859-1")


def read(tmp_path, content, ids=("1", "2")):
    path = tmp_path / "movies.gz"
    path.write_bytes(gzip.compress(content))
    return read_metadata(path, list(ids), stop=True)


def test_u_item_of_100k(tmp_path):
    found = read(tmp_path, ITEM + ACCENT)
    assert found.texts["title"] == ["Toy Story (1995)", "Misérables, Les (1995)"]
    assert found.texts["categories"] == [("Animation",), ("Animation",)]
    assert found.attributes["attribute"] == ["category: Animation"] * 2


def test_movies_dat_of_1m(tmp_path):
    found = read(tmp_path, b"1::Toy Story (1995)::Animation|Comedy\n2::Caf\xe9 (1990)::Drama\n")
    assert found.texts["title"] == ["Toy Story (1995)", "Café (1990)"]
    assert found.texts["categories"] == [("Animation", "Comedy"), ("Drama",)]


def test_movies_csv_of_25m(tmp_path):
    lines = 'movieId,title,genres\n1,"American President, The (1995)",Drama\n2,Jumanji,(no genres listed)\n'
    found = read(tmp_path, lines.encode())
    assert found.texts["title"] == ["American President, The (1995)", "Jumanji"]
    assert found.texts["categories"] == [("Drama",), ()]


def test_all_titles_by_raw_id(tmp_path):
    path = tmp_path / "u.item"
    path.write_bytes(ITEM + ACCENT)
    assert read_titles(path) == {"1": "Toy Story (1995)", "2": "Misérables, Les (1995)"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"3|Heat (1995)|x\n", "line 2: line: wrong number of cells: .*wanted 24 between |"),
        (f"|Heat (1995)|||http://x|{FLAGS}\n".encode(), "movieid: no id: found ''"),
    ],
)
def test_bad_movies_name_file_and_line(tmp_path, line, message):
    with pytest.raises(DatasetError, match=message):
        read(tmp_path, ITEM + line)
