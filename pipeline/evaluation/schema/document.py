"""Typed documents: JSON files that refuse unknown and missing fields, and the estimates that they hold.

Fields with a default are those that a file may lack: that of an older run which `experiments/` has archived,
or of a dataset without explanations. What isn't set isn't written.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    Strict,
    ValidationError,
    model_serializer,
    model_validator,
)

MODEL = "peapod"
"""Our model among the methods."""
DIFFERENCE = "difference_to_"
"""Stands before a method's name where the model's difference to it is given."""

Count = Annotated[int, Strict(), Field(ge=0)]
Number = Annotated[float, Strict()]
Words = tuple[str, ...]


class DocumentError(ValueError):
    """A metrics file isn't what it should be; the message names the file, each field and the value found."""


class Document(BaseModel):
    """Base of every document: immutable, no unknown fields.

    `file` is where it stands in a run, below metrics/; {name} stands for a method.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True)
    file: ClassVar[str] = ""

    @classmethod
    def parse(cls, values: Any, source: str) -> Self:
        """Check what was read as JSON; raises DocumentError, naming `source`, with every fault."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            lines = [_described(dict(fault)) for fault in error.errors()]
        raise DocumentError(f"{source}: {len(lines)} fault(s)\n" + "\n".join(lines))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file; raises ArtifactError where it is absent or no JSON, DocumentError as `parse`."""
        # Not at the top: with it comes pyarrow, and what checks all parameters starts before every stage.
        from pipeline.artifacts import read_json

        return cls.parse(read_json(path), str(path))

    def plain(self) -> dict[str, Any]:
        """Return what stands in the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def write(self, path: Path) -> None:
        """Write the file."""
        from pipeline.artifacts import write_json

        write_json(path, self.plain())


def _described(fault: Mapping[str, Any]) -> str:
    # As it stands in the file.
    place = ".".join(map(str, fault["loc"])).replace("differences.", DIFFERENCE).replace("estimates.", "")
    key = place or "the document"
    if fault["type"] == "missing":
        return f"  {key}: missing"
    if fault["type"] == "value_error":
        return f"  {key}: {fault['ctx']['error']}"
    found = repr(fault["input"])
    shown = found if len(found) <= 80 else found[:80] + "..."
    if fault["type"] == "extra_forbidden":
        return f"  {key}: unknown field (value {shown})"
    return f"  {key}: {fault['msg']} (found {shown})"


class Estimate(Document):
    """A metric's value and, where it was resampled, the ends of its interval.

    Attributes:
        p: of a difference, the p-value that it is zero.
        p_adjusted: the same, adjusted for all differences that are tested beside it (Holm).
        by_seed: the value of each seed, where `value` is their mean.
    """

    value: Number
    low: Number | None = None
    high: Number | None = None
    p: Number | None = None
    p_adjusted: Number | None = None
    by_seed: tuple[Number, ...] | None = None


Estimates = dict[str, Estimate]
"""By metric."""
Methods = dict[str, Estimates]
"""By method and metric."""


class Comparisons(Document):
    """Methods beside each other.

    In the file each stands under its own name, and the differences under `difference_to_NAME`.

    Attributes:
        estimates: of each method.
        differences: by how much what a method is compared with (the model) is better than it.
    """

    estimates: Methods
    differences: Methods

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, values: Any) -> Any:
        if not isinstance(values, Mapping) or "estimates" in values:
            return values
        own = {
            key for key, value in values.items() if key in cls.model_fields or not isinstance(value, Mapping)
        }
        gaps = {key for key in values if key.startswith(DIFFERENCE)} - own
        return {key: values[key] for key in own} | {
            "estimates": {key: values[key] for key in values if key not in own | gaps},
            "differences": {key.removeprefix(DIFFERENCE): values[key] for key in values if key in gaps},
        }

    @model_validator(mode="after")
    def _compared(self) -> Self:
        for name in self.differences:
            if name not in self.estimates:
                raise ValueError(f"{DIFFERENCE}{name}, but no method {name}")
        return self

    @model_serializer(mode="wrap")
    def _spread(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values = handler(self)
        differences = values.pop("differences")
        return values | values.pop("estimates") | {DIFFERENCE + key: one for key, one in differences.items()}


def chosen(methods: Methods, method: str, columns: Sequence[str]) -> list[Estimate]:
    """Return the estimates of `method` in the order of `columns`; raises DocumentError where one lacks."""
    if method not in methods:
        raise DocumentError(f"no method {method!r}; found {', '.join(sorted(methods)) or 'none'}")
    found = methods[method]
    for column in columns:
        if column not in found:
            raise DocumentError(f"method {method!r} has no {column!r}; found {', '.join(sorted(found))}")
    return [found[column] for column in columns]
