"""A folder for the Hugging Face hub: `python -m tools.share FOLDER`, then `hf upload OWNER/NAME FOLDER`."""

import shutil
from pathlib import Path

import typer

from pipeline.artifacts import atomic_folder, write_text
from pipeline.model.bundle import check_bundle
from pipeline.runtime.errors import clear_errors

CARD = "README.md"
_HEAD = """---
library_name: peapod
pipeline_tag: text-generation
tags:
- recommendation
- explanation
---
"""
_USE = """
## How to ask it

    from pipeline.serving import Predictor  # pip install the project's wheel

    predictor = Predictor.load("THIS FOLDER")
    predictor.recommend("A USER'S ID", top=10)
    predictor.recommend("somebody new", history=["AN ITEM'S ID", "ANOTHER'S"])

or `python -m stages.serve THIS-FOLDER`.
"""


@clear_errors
def main(folder: Path, root: Path = Path()) -> None:
    """Write FOLDER, which isn't there yet: the trained model, and its card as the hub wants it."""
    model = root / "models/peapod"
    check_bundle(model)
    card = root / "report/model_card.md"
    if not card.is_file():
        raise ValueError(f"{card}: no such file; make repro (or dvc repro report) writes the model's card")
    if folder.exists():
        raise ValueError(f"{folder}: is there already; name a folder that isn't, or delete this one")
    with atomic_folder(folder) as temporary:
        shutil.copytree(model, temporary, dirs_exist_ok=True)
        write_text(temporary / CARD, f"{_HEAD}\n{card.read_text(encoding='utf-8')}{_USE}")
    print(
        f"{folder}: ready for `hf upload OWNER/NAME {folder}`\n"
        "It names every user and holds their items: upload it where the data themselves may go."
    )


if __name__ == "__main__":
    typer.run(main)
