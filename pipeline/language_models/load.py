"""A name to a language model: the path of a folder or GGUF file, a name on the hub, or an address."""

from pipeline.language_models.base import LanguageModel, LanguageModelError


def load_language_model(name: str) -> LanguageModel:
    """Return the model `name`; https://HOST/v1#MODEL is an endpoint as OpenAI's, and the model it serves.

    Raises LanguageModelError where there is none.
    """
    if not name:
        raise LanguageModelError(
            "baselines.prompted.model names no language model: give the path of a folder or GGUF file, "
            "OWNER/MODEL of the Hugging Face hub, or an address as https://HOST/v1#MODEL"
        )
    # Imported for whoever asks alone: either takes seconds.
    if name.startswith(("http://", "https://")):
        from pipeline.language_models.endpoint import Endpoint

        return Endpoint.at(name)
    from pipeline.language_models.pretrained import Pretrained

    return Pretrained.load(name)
