"""What the folder of a pretrained model has to hold, told before its weights are read."""

from pathlib import Path
from typing import NamedTuple

from gguf import GGUFReader
from safetensors import SafetensorError, safe_open

from pipeline.artifacts import read_json
from pipeline.backbones.config import CAUSAL, SIZED

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
OTHER_WEIGHTS = ("pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack")
FETCH = "download it from where the model comes from"
GGUF = ".gguf"
_POINTER = b"version https://git-lfs"


class Location(NamedTuple):
    """What transformers' `from_pretrained` wants: a folder or hub name, and the GGUF file in it, if any."""

    source: str
    gguf_file: str | None


def location(backbone: str) -> Location:
    """Return where `model.backbone` is."""
    path = Path(backbone)
    if path.suffix == GGUF:
        return Location(str(path.parent), path.name)
    return Location(backbone, None)


def check_pretrained(backbone: str) -> None:
    """Raise ValueError, with what helps, where `backbone` is neither a model's folder nor a name on the hub.

    Names of the Hugging Face hub, OWNER/MODEL, pass. Of the weights the headers are read, which say how
    long a file is.
    """
    folder = Path(backbone)
    if folder.is_dir():
        fault = _fault(folder)
    elif folder.suffix == GGUF and folder.is_file():
        fault = _fault_of_gguf(folder)
    elif folder.exists():
        fault = "is a file; give the folder that holds it"
    elif folder.is_absolute() or backbone.startswith((".", "~")):
        fault = "no such folder; give the path of a downloaded folder, written out from / on"
    elif "/" not in backbone:
        fault = (
            f"no backbone of that name; there are {', '.join(SIZED)}, built from sizes, and pretrained ones: "
            "the path of a folder or GGUF file, or OWNER/MODEL on the Hugging Face hub"
        )
    else:
        return
    if fault:
        raise ValueError(f"model.backbone {backbone!r}: {fault}")


def _fault_of_gguf(file: Path) -> str | None:
    try:
        field = GGUFReader(file).get_field("general.architecture")
    except (ValueError, IndexError, OverflowError) as error:
        return f"is damaged, or no GGUF file ({error}): download it again"
    kind = None if field is None else field.contents()
    if kind not in CAUSAL:
        return f"is of architecture {kind!r}; of GGUF files there are {', '.join(CAUSAL)}: take one of these"
    return None


def _fault(folder: Path) -> str | None:
    held = {path.name for path in folder.iterdir()}
    if "config.json" not in held:
        return f"holds no config.json: {FETCH}"
    config = read_json(folder / "config.json")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind not in SIZED:
        return f"config.json says model_type {kind!r}; there are {', '.join(SIZED)}: take one of these"
    if held & {WEIGHTS, INDEX}:
        return _fault_of_weights(folder)
    others = [name for name in OTHER_WEIGHTS if name in held]
    if not others:
        return f"holds no {WEIGHTS}: {FETCH}"
    architecture = (config.get("architectures") or ["AutoModel"])[0]
    load = f"from transformers import {architecture} as M; "
    load += f"M.from_pretrained({str(folder)!r}).save_pretrained({str(folder)!r})"
    help_ = f'load it once with transformers and save it: python -c "{load}"'
    if not others[0].startswith("pytorch"):
        help_ = f"{WEIGHTS} is wanted, {FETCH}"
    return f"holds {others[0]}; only safetensors are read (docs/reliability.md, Safe): {help_}"


def _fault_of_weights(folder: Path) -> str | None:
    """Return what is wrong with the one file, or the parts that the index names."""
    whole = (folder / WEIGHTS).exists()
    index = {} if whole else read_json(folder / INDEX)
    names = [WEIGHTS] if whole else sorted(set(index.get("weight_map", {}).values()))
    tensors: set[str] = set()
    for name in names:
        if not (folder / name).exists():
            return f"holds no {name}, which {INDEX} names: {FETCH}"
        with (folder / name).open("rb") as file:
            if file.read(len(_POINTER)) == _POINTER:
                return f"{name} is a pointer of Git LFS and no weights: git lfs pull, in that folder"
        try:
            with safe_open(folder / name, framework="numpy") as weights:
                tensors |= set(weights.keys())
        except SafetensorError as error:
            return f"{name} is damaged, or not all of it is there ({error}): download it again"
    parts = {tensor.split(".")[0] for tensor in tensors}
    if "encoder" in parts and "decoder" not in parts:
        return "its weights have an encoder and no decoder: take the whole model"
    return None
