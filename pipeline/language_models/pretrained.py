"""A causal language model of transformers: a folder, a GGUF file, or a name on the hub."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from pipeline.language_models.base import LanguageModelError

BATCH = 16
Tokens = tuple[int, ...]


class Pretrained:
    """A model on this machine; of `LanguageModel`."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        """Take a `...ForCausalLM` and its tokenizer."""
        self._model = model.eval()
        self._tokenizer = tokenizer
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id

    @classmethod
    def load(cls, name: str) -> "Pretrained":
        """Read a model in fp32; raises LanguageModelError where there is none of that name."""
        path = Path(name)
        gguf = path.name if path.suffix == ".gguf" else None
        source = str(path.parent) if gguf else name
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=gguf)
            model = AutoModelForCausalLM.from_pretrained(
                source, gguf_file=gguf, dtype=torch.float32, use_safetensors=True
            )
        except (OSError, ValueError, KeyError) as error:
            cause = (str(error) or type(error).__name__).splitlines()[0]
            raise LanguageModelError(
                f"language model {name!r}: no causal model here or on the Hugging Face hub ({cause}); give "
                "the path of a folder (config.json, model.safetensors, tokenizer.json), or of a GGUF file"
            ) from None
        return cls(model, tokenizer)

    @torch.no_grad()
    def score(self, prompts: Sequence[str], options: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Return the log-probability of each option behind its prompt, in nats; options aren't empty."""
        asked = []
        for before, texts in zip(self._tokens(prompts), options, strict=True):
            asked += [(tuple(before), tuple(answer)) for answer in self._tokens(texts, special=False)]
        # What is read: prompt and answer but its last token, once for all answers that differ in it alone.
        strands = list(dict.fromkeys((prompt, answer[:-1]) for prompt, answer in asked))
        lasts: dict[tuple[Tokens, Tokens], list[int]] = {strand: [] for strand in strands}
        for prompt, answer in asked:
            lasts[prompt, answer[:-1]].append(answer[-1])
        told: dict[tuple[Tokens, Tokens], float] = {}
        for part in parts_alike(strands):
            for (prompt, start), said in zip(part, self._said(part), strict=True):
                known = sum(float(said[place, token]) for place, token in enumerate(start))
                told |= {
                    (prompt, (*start, last)): known + float(said[len(start), last])
                    for last in lasts[prompt, start]
                }
        ends = np.cumsum([len(texts) for texts in options])
        return np.split(np.array([told[pair] for pair in asked]), ends[:-1])

    def _said(self, part: Sequence[tuple[Tokens, Tokens]]) -> list[torch.Tensor]:
        """Return, per strand, the log-probabilities of the next token from its prompt's end on [T, V]."""
        rows = [[*prompt, *start] for prompt, start in part]
        # The last token of a prompt is read row by row: what follows it is wanted.
        shared = min(common(rows), min(len(prompt) for prompt, _ in part) - 1)
        cache = None
        if shared and len(rows) > 1:
            before = torch.tensor([rows[0][:shared]], device=self._model.device)
            cache = self._model(input_ids=before, use_cache=True, logits_to_keep=1).past_key_values
            cache.batch_repeat_interleave(len(rows))
        else:
            shared = 0
        tokens, mask = self._padded([row[shared:] for row in rows])
        seen = torch.cat([mask.new_ones(len(rows), shared), mask], dim=1)
        wanted = [len(start) + 1 for _, start in part]
        logits = self._model(
            input_ids=tokens,
            attention_mask=seen,
            position_ids=(seen.cumsum(1) - 1).clamp(min=0)[:, shared:],
            past_key_values=cache,
            logits_to_keep=max(wanted),
        ).logits
        said = logits.float().log_softmax(2)
        return [said[row, -count:] for row, count in enumerate(wanted)]

    @torch.no_grad()
    def write(self, prompts: Sequence[str], most: int) -> list[str]:
        """Return what the model goes on with, greedily."""
        written = []
        for part in _parts(self._tokens(prompts)):
            tokens, mask = self._padded(part)
            found = self._model.generate(
                input_ids=tokens,
                attention_mask=mask,
                max_new_tokens=most,
                do_sample=False,
                pad_token_id=self._pad,
            )
            written += self._tokenizer.batch_decode(found[:, tokens.shape[1] :], skip_special_tokens=True)
        return [text.strip() for text in written]

    @torch.no_grad()
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Return the mean of each text's last states, float32 [N, D]."""
        vectors = []
        for part in _parts(self._tokens(texts)):
            tokens, mask = self._padded(part)
            states = self._model(
                input_ids=tokens,
                attention_mask=mask,
                position_ids=(mask.cumsum(1) - 1).clamp(min=0),
                output_hidden_states=True,
                logits_to_keep=1,
            ).hidden_states[-1]
            weights = mask[..., None].to(states.dtype)
            vectors.append((states * weights).sum(1) / weights.sum(1))
        return np.asarray(torch.cat(vectors).float())

    def _tokens(self, texts: Sequence[str], special: bool = True) -> list[list[int]]:
        """Return the tokens of each text, one at least, with the special ones that prompts begin with."""
        found = self._tokenizer(list(texts), add_special_tokens=special)["input_ids"]
        # An end of its own would end the text before it has begun.
        end = self._tokenizer.eos_token_id
        cut = [tokens[:-1] if tokens and tokens[-1] == end else tokens for tokens in found]
        return [tokens or [self._pad] for tokens in cut]

    def _padded(self, rows: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return rows filled up in front, so that all end at one place, and their mask, int64 [B, L]."""
        longest = max(map(len, rows))
        tokens = [[self._pad] * (longest - len(row)) + row for row in rows]
        mask = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
        device = self._model.device
        return torch.tensor(tokens, device=device), torch.tensor(mask, device=device)


def parts_alike(strands: Sequence[tuple[Tokens, Tokens]]) -> Iterator[list[tuple[Tokens, Tokens]]]:
    """Yield at most BATCH strands, prompt and answer, at a time; those that begin alike stay together.

    A part ends before a strand that would leave less than half of what its strands have in common.
    """
    part: list[tuple[Tokens, Tokens]] = []
    shared = 0
    for prompt, start in strands:
        row = (*prompt, *start)
        alike = common([(*part[0][0], *part[0][1])[:shared], row]) if part else len(row)
        if len(part) == BATCH or (len(part) > 1 and 2 * alike < shared):
            yield part
            part = []
            alike = len(row)
        part.append((prompt, start))
        shared = alike
    if part:
        yield part


def common(rows: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all rows begin with."""
    return next(
        (place for place, column in enumerate(zip(*rows, strict=False)) if len(set(column)) > 1),
        min(map(len, rows)),
    )


def _parts(rows: Sequence[list[int]]) -> Iterator[Sequence[list[int]]]:
    return (rows[place : place + BATCH] for place in range(0, len(rows), BATCH))
