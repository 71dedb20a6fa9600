"""The page of all parameters, and the comments of their files: `python -m tools.parameters` writes them.

What a parameter is says the docstring below its field, and nothing else: its first paragraph is the comment
in params.yaml or baselines.yaml, all of it stands in docs/parameters.md.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from pipeline.artifacts import write_text
from pipeline.params import Section, completed, load_params, parse_params
from pipeline.recommenders.hyperparameters import Searched
from pipeline.runtime.errors import clear_errors
from stages.parameters import FILES, Params, file_of

PAGE = "docs/parameters.md"
WIDTH = 110
HEADS = {
    "params.yaml": """\
# What is changed most, at its default, which is small enough for the bundled sample; presets for real data
# and for the paper's sizes are in experiments/. All parameters: docs/parameters.md. Change or add one here,
# or set it for one run: dvc exp run -S '++training.clip=2' (++: whether the file has the key or not).
""",
    "baselines.yaml": """\
# The methods that the model is compared with; which of them run: evaluation.baselines in params.yaml. Each
# hyper-parameter is a value, or a list of values to search over on validation: docs/baselines.md, and
# docs/parameters.md for what each is. For one run:
#     dvc exp run -S 'baselines.yaml:baselines.ease.regularization=[10.0,100.0]'
""",
}
ABOUT = """\
# Parameters

Written by `python -m tools.parameters` from the fields of the configuration classes (`pipeline/*/config.py`):
edit those, never this page. A key in **bold** stands in `params.yaml` or `baselines.yaml`, with the value
given here; the others have their default in code. Any can be added to its file, or set for one run:

    dvc exp run -S '++training.clip=2'            # ++: whether the file has the key or not
    dvc exp run -S 'baselines.yaml:++baselines.ease.regularization=[10.0,100.0]'
"""
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
WORDS = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "text"}


def docs(section: type[Section]) -> dict[str, list[str]]:
    """Return the paragraphs of each field's docstring, of inherited fields as well."""
    found: dict[str, list[str]] = {}
    for owner in reversed(section.__mro__):
        if owner is Section or not issubclass(owner, Section):
            continue
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        for field, text in pairwise(node.body if isinstance(node, ast.ClassDef) else []):
            match field, text:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found[name] = paragraphs(said)
    return found


def paragraphs(text: str) -> list[str]:
    """Return a docstring's paragraphs, each on one line."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]


def inner_section(section: type[Section], name: str) -> type[Section] | None:
    """Return the class of a field that is a section itself."""
    kind = section.model_fields[name].annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def params_text(file: str, values: Mapping[str, Any]) -> str:
    """Return a params file that holds `values`, in the order of the fields, with their comments."""
    names = [name for name in Params.model_fields if name in values and file_of(name) == file]
    sections = ["\n".join(section_lines(Params, {name: values[name]})) + "\n" for name in names]
    return "\n".join([HEADS[file], *sections])


def section_lines(section: type[Section], values: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield the lines of those fields of a section that `values` has; hyper-parameters have no comments."""
    said = {} if issubclass(section, Searched) else docs(section)
    for name in section.model_fields:
        if name not in values:
            continue
        value = values[name]
        inner = inner_section(section, name)
        line = f"{indent}{name}:" if inner and value else f"{indent}{name}: {flow(value)}"
        comment = said[name][0] if said else ""
        beside = f"{line} # {comment}" if comment else line
        if inner or len(beside) > WIDTH:
            yield from (f"{indent}# {part}" for part in textwrap.wrap(comment, WIDTH - len(indent) - 2))
            beside = line
        yield beside
        if inner:
            yield from section_lines(inner, value, f"{indent}  ")


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def page(values: Mapping[str, Any]) -> str:
    """Return docs/parameters.md for what stands in the files."""
    whole = completed(values, Params)
    said = docs(Params)
    parts = [ABOUT]
    for name in sorted(Params.model_fields, key=lambda name: FILES.index(file_of(name))):
        inner = inner_section(Params, name)
        about = [*said[name], *paragraphs(inner.__doc__ or "")] if inner else []
        rows = (
            table_rows(inner, whole[name], values[name]) if inner else [leaf_row(Params, name, whole, values)]
        )
        head = f"## {name}\n\n{' '.join([*about, f'In {file_of(name)}.'])}\n"
        parts.append(
            "\n".join([head, row("key", "values", "default", "what it is"), "| --- " * 4 + "|", *rows, ""])
        )
    return "\n".join(parts)


def table_rows(
    section: type[Section], whole: Mapping[str, Any], values: Mapping[str, Any], prefix: str = ""
) -> Iterator[str]:
    """Yield a section's rows; of `whole`, which has the defaults, keys in `values` are in bold."""
    said = docs(section)
    for name in section.model_fields:
        if inner := inner_section(section, name):
            yield row(f"*{prefix}{name}*", "", "", " ".join([*said[name], *paragraphs(inner.__doc__ or "")]))
            yield from table_rows(inner, whole[name], values.get(name, {}), f"{prefix}{name}.")
        else:
            yield leaf_row(section, name, whole, values, prefix)


def leaf_row(
    section: type[Section],
    name: str,
    whole: Mapping[str, Any],
    values: Mapping[str, Any],
    prefix: str = "",
) -> str:
    """Return the row of a field that is no section."""
    schema = section.model_json_schema()["properties"][name]
    key = f"**{prefix}{name}**" if name in values else f"{prefix}{name}"
    wanted = values_of(schema["items"] if issubclass(section, Searched) else schema)
    return row(key, wanted, f"`{flow(whole[name])}`", " ".join(docs(section)[name]))


def row(*cells: str) -> str:
    """Return cells as a row of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def values_of(schema: Mapping[str, Any]) -> str:
    """Say in words which values a field's JSON schema lets through."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(values_of, schema["anyOf"]))
    if "prefixItems" in schema:
        return f"{len(schema['prefixItems'])} times {values_of(schema['prefixItems'][0])}"
    if "items" in schema:
        return f"list of {values_of(schema['items'])}"
    limits = ", ".join(f"{sign} {schema[name]:g}" for name, sign in BOUNDS.items() if name in schema)
    return f"{WORDS[schema['type']]} {limits}".strip()


def texts(root: Path = Path()) -> dict[str, str]:
    """Return the three files as they have to be, by path below `root`; two keep the values found there.

    Raises ParamsError where those aren't sound.
    """
    path = root / "params.yaml"
    values = load_params(path)
    parse_params(Params, values, path)
    return {file: params_text(file, values) for file in HEADS} | {PAGE: page(values)}


def write_generated(root: Path, name: str, text: str, check: bool, wrong: str) -> None:
    """Write a generated file below `root` where it differs; `check` raises ValueError in place of that."""
    path = root / name
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    if check:
        raise ValueError(f"{name}: {wrong}")
    write_text(path, text)
    print(f"{name}: written anew")


@clear_errors
def main(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; 1 where a file differs.")] = False,
    root: Path = Path(),
) -> None:
    """Write docs/parameters.md and the comments of params.yaml and baselines.yaml; values stay."""
    for name, text in texts(root).items():
        wrong = "not what the config classes say; run python -m tools.parameters"
        write_generated(root, name, text, check, wrong)


if __name__ == "__main__":
    typer.run(main)
