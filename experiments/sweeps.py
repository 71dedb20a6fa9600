"""Sweeps: the paper's ablations and searches as data, one YAML file each.

As in a factorial experiment a sweep has factors, and a factor has levels: by the name that stands in the
tables, a mapping of parameter overrides. Each combination of levels is a variant of the model, and each
variant with a seed is an experiment of DVC.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from experiments.presets import HERE, changed_name
from pipeline.params import ParamsError, Section, load_yaml


@dataclass(frozen=True)
class Variant:
    """One combination of levels: `label` for readers, `key` for names of files and experiments."""

    label: str
    key: str
    params: dict[str, Any] = field(compare=False)

    def experiment(
        self, sweep: str, preset: str | None, seed: int, changed: dict[str, Any] | None = None
    ) -> str:
        """Return what DVC calls this variant's experiment, where all variants are `changed` alike."""
        name = "-".join([sweep, *([preset] if preset else []), self.key, f"seed-{seed}"])
        return changed_name(name, changed or {})


class Sweep(Section):
    """A sweep's file.

    Attributes:
        title: what the sweep asks, as a heading.
        description: what its figures can say, in a sentence or two.
        factors: by factor and level, the level's overrides.
        base: label of the variant that the others are compared with.
        params: overrides of all variants.
        baselines: whether the base variant's baselines stand in the tables, with floors and chance.
        floors: whether every variant's numbering floors stand below it.
        other_test_items: whether levels hold out other items of the same users.
        published: which of the paper's tables stands beside, where the dataset is the paper's.
    """

    title: str
    description: str
    factors: dict[str, dict[str, dict[str, Any]]]
    base: str
    params: dict[str, Any] = Field(default_factory=dict)
    baselines: bool = False
    floors: bool = False
    other_test_items: bool = False
    published: Literal["main", "sizes"] | None = None

    def variants(self, changed: Mapping[str, Any] | None = None) -> list[Variant]:
        """Return all combinations of levels, the base first.

        What is `changed` wins over the sweep's own of all variants, and a level's over both.
        """
        shared = self.params | dict(changed or {})
        combined = [
            Variant(
                ", ".join(level for level, _ in chosen),
                _slug("-".join(level for level, _ in chosen)),
                shared | {key: value for _, changes in chosen for key, value in changes.items()},
            )
            for chosen in itertools.product(*(factor.items() for factor in self.factors.values()))
        ]
        return sorted(combined, key=lambda variant: variant.label != self.base)


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def sweep_names() -> list[str]:
    """Return the sweeps there are."""
    return sorted(path.stem for path in HERE.glob("*.yaml") if "factors" in load_yaml(path))


def sweep(name: str) -> Sweep:
    """Read a sweep; raises ParamsError for one that isn't there or isn't sound."""
    path = HERE / f"{name}.yaml"
    document = load_yaml(path) if path.is_file() else {}
    if "factors" not in document:
        raise ParamsError(f"no sweep {name!r}; there are {', '.join(sweep_names())}")
    try:
        found = Sweep.model_validate(document)
    except ValidationError as error:
        raise ParamsError(f"experiments/{name}.yaml: {error}") from None
    variants = found.variants()
    if variants[0].label != found.base:
        labels = "; ".join(variant.label for variant in variants)
        raise ParamsError(f"experiments/{name}.yaml: base {found.base!r} is none of the variants: {labels}")
    return found


def check_changes(name: str, changed: Mapping[str, Any]) -> None:
    """Raise ParamsError where a change of all a sweep's variants meets what tells its variants apart.

    That is a key of a factor, its parent or child, and the seed: every variant would run alike, under the
    name of another. A key that the sweep sets for all variants may be changed: levels that have their own
    keep it.
    """
    chosen = sweep(name)
    factors = {
        key: factor
        for factor, levels in chosen.factors.items()
        for level in levels.values()
        for key in level
        if key not in chosen.params
    }
    for given, value in changed.items():
        # Hydra's own marks for adding a key.
        key = given.lstrip("+~")
        if key == "seed":
            raise ParamsError(
                f"-S {given}={value}: a variant of sweep {name} is named by its seed: --seeds {value}"
            )
        for own, factor in factors.items():
            if f"{key}.".startswith(f"{own}.") or f"{own}.".startswith(f"{key}."):
                raise ParamsError(
                    f"-S {given}={value}: sweep {name} sets {own} itself, by its factor {factor!r}, and no "
                    f"variant would be what it's called; leave it out, or change the levels in {name}.yaml"
                )


def read_seeds(text: str) -> list[int]:
    """Read seeds as `42,43`; raises ParamsError for anything else."""
    if not re.fullmatch(r"\d+(,\d+)*", text):
        raise ParamsError(f"--seeds {text}: whole numbers with commas between them are wanted, as 42,43")
    return sorted({int(seed) for seed in text.split(",")})
