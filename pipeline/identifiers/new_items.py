"""Items that came after training: what of a scheme is kept to name them, or why it names none.

A scheme that can name them hands over a `Naming` with what it makes; stage `identifiers` writes that to a
folder, which travels with the trained model. Any other says why not, and the folder has that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import ConfigDict, Field

from pipeline.artifacts import ArtifactError, atomic_folder, read_json, write_json

REASON = "reason.json"
CAN = "identifiers.method titles, or residual with vectors text or both, can: train with one of these"
NEVER_ASKED = "its names are dealt out once, before training, and say nothing of what an item is"


class NewItemError(ValueError):
    """An item can't be named; the message says why, and what can."""


@dataclass(frozen=True)
class NewItem:
    """An item that came after training, by what is told of it.

    Attributes:
        item: raw id.
        title: as people read it; None where none is told.
        text: more of it: categories, brand, a description, reviews.
        vector: in place of title and text as what names it, as long as the vectors of the scheme's texts.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    item: Annotated[str, Field(min_length=1, max_length=500)]
    title: Annotated[str, Field(max_length=1000)] | None = None
    text: Annotated[str, Field(max_length=100_000)] = ""
    vector: (
        Annotated[Sequence[Annotated[float, Field(allow_inf_nan=False)]], Field(max_length=10_000)] | None
    ) = None

    @property
    def document(self) -> str:
        """All that is told of it, as texts of the data's items are put together: the title first."""
        return " ".join(filter(None, [self.title, self.text]))


class Naming(Protocol):
    """Names new items without training anything anew."""

    def names(self, items: Sequence[NewItem], taken: Collection[str]) -> list[str]:
        """Return what prompts and answers call each of `items`, all different and none of them `taken`.

        They are made of tokens that the vocabulary had when it was trained. Raises NewItemError naming the
        item that has no name.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write all that `names` needs into a folder that is there: JSON and safetensors."""
        ...


def save_naming(folder: Path, method: str, naming: Naming | str) -> None:
    """Write what a scheme keeps for new items as `folder`; same content, same bytes.

    Args:
        folder: in nobody's use yet.
        method: the scheme's name.
        naming: what names them, or why nothing does.
    """
    with atomic_folder(folder) as temporary:
        if isinstance(naming, str):
            write_json(temporary / REASON, {"method": method, "reason": naming})
        else:
            naming.save(temporary)


def load_naming(folder: Path) -> Naming:
    """Return what names new items, as `save_naming` left it.

    Raises NewItemError, which says why and what can, where the scheme names none, and ArtifactError where the
    folder is damaged.
    """
    # Their libraries take seconds to import.
    from pipeline.identifiers.codebooks import CODEBOOKS, Codebooks
    from pipeline.identifiers.titles import TITLES, TitleNaming

    if (folder / REASON).is_file():
        said = read_json(folder / REASON)
        raise NewItemError(
            f"this model can't name items that came after training (identifiers.method {said['method']}): "
            f"{said['reason']}; {CAN}"
        )
    if (folder / CODEBOOKS).is_file():
        return Codebooks.load(folder)
    if (folder / TITLES).is_file():
        return TitleNaming.load(folder)
    raise ArtifactError(
        f"{folder}: nothing there names new items, as in models of earlier versions; train anew (dvc repro)"
    )
