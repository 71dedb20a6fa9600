"""A language model behind an address that answers as OpenAI's does: vLLM's server and others.

The key comes from the environment alone, and stands in no message.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import requests

from pipeline.language_models.base import LanguageModelError

KEY = "PEAPOD_LANGUAGE_MODEL_KEY"
"""Environment variable with the key; none is sent where it isn't set."""
PATIENCE = 120
"""Seconds until an answer has to have come."""
TRIES = 4
WAIT = 0.5
"""Seconds before the second try, twice as many before each further one."""
LATER = {429, 500, 502, 503, 504}
"""Status codes after which another try may do."""


class Endpoint:
    """A served model; of `LanguageModel`."""

    def __init__(self, address: str, model: str) -> None:
        """Take the address up to /v1, and what the served model is called."""
        self._address = address.rstrip("/")
        self._model = model

    @classmethod
    def at(cls, name: str) -> "Endpoint":
        """Take ADDRESS#MODEL; raises LanguageModelError for one without a model."""
        address, _, model = name.partition("#")
        if not model:
            raise LanguageModelError(f"{address}: which model? https://HOST/v1#MODEL is wanted")
        return cls(address, model)

    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Return the log-probability of each option behind its prompt, in nats.

        Raises LanguageModelError where the endpoint doesn't tell those of a prompt's own tokens (`echo`).
        """
        return [
            np.array([self._of_option(prompt, option) for option in texts])
            for prompt, texts in zip(prompts, options, strict=True)
        ]

    def _of_option(self, prompt: str, option: str) -> float:
        asked = {"prompt": prompt + option, "max_tokens": 0, "echo": True, "logprobs": 0}
        told = self._post("completions", asked)["choices"][0].get("logprobs")
        if not told or not told.get("text_offset"):
            raise LanguageModelError(
                f"{self._address}: no log-probabilities of the prompt (echo, logprobs): take a server that "
                "gives them, as vLLM's, or a method that only writes"
            )
        places = zip(told["text_offset"], told["token_logprobs"], strict=True)
        return float(sum(value for offset, value in places if offset >= len(prompt) and value is not None))

    def write(self, prompts: Sequence[str], most: int) -> list[str]:
        """Return what the model answers to each prompt, at temperature 0."""
        written = []
        for prompt in prompts:
            asked = {
                "messages": [{"role": "user", "content": prompt}],
                "max_tokens": most,
                "temperature": 0,
            }
            found = self._post("chat/completions", asked)["choices"][0]["message"]["content"]
            written.append(str(found or "").strip())
        return written

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return the endpoint's vector of each text, float32 [N, D]."""
        found = sorted(self._post("embeddings", {"input": list(texts)})["data"], key=lambda one: one["index"])
        return np.array([one["embedding"] for one in found], dtype=np.float32)

    def _post(self, what: str, asked: dict[str, Any]) -> Any:
        """Return the answer to a request, tried again where that may help; raises LanguageModelError."""
        key = os.environ.get(KEY)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        fault = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(WAIT * 2 ** (attempt - 1))
            try:
                answer = requests.post(
                    f"{self._address}/{what}",
                    json={"model": self._model} | asked,
                    headers=headers,
                    timeout=PATIENCE,
                )
            except requests.RequestException as error:
                fault = type(error).__name__
                continue
            if answer.status_code == 200:
                try:
                    return answer.json()
                except ValueError:
                    raise LanguageModelError(f"{self._address}/{what}: its answer is no JSON") from None
            fault = f"status {answer.status_code}: {answer.text[:200]}"
            if answer.status_code not in LATER:
                break
        told = fault.replace(key, "...") if key else fault
        raise LanguageModelError(f"{self._address}/{what}: no answer ({told}); the key is read from {KEY}")
