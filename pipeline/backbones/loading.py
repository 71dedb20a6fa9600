"""Pretrained models, read by transformers and no other way."""

from typing import Any

import torch

from pipeline.backbones.folders import location


def load_whole(architecture: Any, name: str, **options: Any) -> Any:
    """Return a pretrained model in fp32, all of whose weights were there.

    Args:
        architecture: a model class of transformers.
        name: `model.backbone`: a folder, a GGUF file, or a name on the hub.
        options: what its config.json says otherwise.

    Raises ValueError when it is neither on this machine nor to be downloaded, or isn't whole.
    """
    place = location(name)
    try:
        config = architecture.config_class.from_pretrained(place.source, gguf_file=place.gguf_file)
        for option, value in options.items():
            setattr(config, option, value)
        # With its report, which its types don't know of.
        found: Any = architecture.from_pretrained(
            place.source,
            gguf_file=place.gguf_file,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except (OSError, ValueError) as error:
        raise not_found(name, error) from None
    model, loaded = found
    # transformers draws fresh weights for these, and goes on.
    absent = sorted({*loaded["missing_keys"], *(key for key, *_ in loaded["mismatched_keys"])})
    if absent:
        raise ValueError(
            f"model.backbone {name!r}: its weights lack {len(absent)} tensors of the sizes that config.json "
            f"says ({absent[0]} is the first): take both from the same model"
        )
    # What a GGUF file held is in fp32 now; transformers wouldn't save it otherwise.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model


def not_found(name: str, error: Exception) -> ValueError:
    """Return what to say of a model that transformers doesn't find."""
    cause = (str(error) or type(error).__name__).splitlines()[0]
    return ValueError(
        f"model.backbone {name!r}: not found here or on the Hugging Face hub. Give the path of a downloaded "
        f"folder, go online once, or have one built from sizes (README.md, model.backbone) ({cause})"
    )
