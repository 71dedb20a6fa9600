"""A scheme of item identifiers of one's own: a file, its line among the schemes, its name in config.py."""

import json
from pathlib import Path

from pipeline.artifacts import read_table
from pipeline.tables import ITEM_IDENTIFIERS
from tests.contracts.toys import changed_files, copy_code, replace_once, run_python
from tests.evaluation.workspace import ITEMS, PARAMS, write_workspace
from tests.params_files import write_params_files

TOY = '''"""Toy: an item is its tens and its ones, a token each."""

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, random_users
from pipeline.identifiers.config import IdentifiersConfig


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name each item by two tokens."""
    codes = [divmod(item, 10) for item in range(sources.histories.item_count)]
    names = [f"<tens_{tens}><ones_{ones}>" for tens, ones in codes]
    tens = sorted({f"<tens_{tens}>" for tens, _ in codes})
    ones = sorted({f"<ones_{ones}>" for _, ones in codes})
    return Identifiers(
        items=names,
        answers=names,
        user_numbers=random_users(sources.histories, random),
        symbols=[*tens, *ones],
    )
'''

STAGE = "import pathlib, sys; from stages.identifiers import main; main(pathlib.Path(sys.argv[1]))"


def add_toy(code: Path) -> None:
    (code / "pipeline/identifiers/toy.py").write_text(TOY, encoding="utf-8")
    schemes = code / "pipeline/identifiers/schemes.py"
    replace_once(schemes, "    titles,\n    tree,\n", "    titles,\n    toy,\n    tree,\n")
    replace_once(schemes, '"product": product.make,\n', '"product": product.make,\n    "toy": toy.make,\n')
    replace_once(code / "pipeline/identifiers/config.py", '    "titles",\n]', '    "titles",\n    "toy",\n]')


def test_a_toy_scheme_takes_three_files_and_names_the_items(tmp_path: Path) -> None:
    code = copy_code(tmp_path / "code", "pipeline", "stages")
    add_toy(code)
    assert changed_files(code) == {
        "pipeline/identifiers/toy.py",
        "pipeline/identifiers/schemes.py",
        "pipeline/identifiers/config.py",
    }
    work = tmp_path / "work"
    write_workspace(work)
    write_params_files(work, PARAMS | {"identifiers": {"method": "toy"}})
    run_python(code, "-c", STAGE, str(work))
    items = read_table(work / "data/identifiers/items.parquet", ITEM_IDENTIFIERS)
    assert items["answer"].to_pylist() == [f"<tens_{item // 10}><ones_{item % 10}>" for item in range(ITEMS)]
    assert items["number"].null_count == ITEMS
    symbols = json.loads((work / "data/identifiers/symbols.json").read_text(encoding="utf-8"))
    assert symbols[0] == "<tens_0>"
    assert "<ones_5>" in symbols
