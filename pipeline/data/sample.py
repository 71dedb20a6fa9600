"""The bundled sample: synthetic reviews in the format of Amazon's 2014 release."""

import json
from typing import Any

import numpy as np

from pipeline.data.config import SampleConfig
from pipeline.data.sample_draws import Draws
from pipeline.data.sample_histories import SampleWorld, plant
from pipeline.data.sample_texts import item_voice, rating, review_text, user_voice, verdict
from pipeline.data.stored_gzip import stored_gzip


def sample_file(config: SampleConfig, rng: np.random.Generator) -> bytes:
    """Return the sample as a gzipped JSON-lines file, byte for byte the same on every machine."""
    lines = [json.dumps(record) + "\n" for record in sample_records(config, rng)[0]]
    return stored_gzip("".join(lines).encode("ascii"))


def sample_records(
    config: SampleConfig, rng: np.random.Generator
) -> tuple[list[dict[str, Any]], SampleWorld, dict[str, int]]:
    """Return the records in time order, the planted world, and the world's item of each item id."""
    draws = Draws(rng)
    world = plant(config, draws)
    user_ids = _names("SYN-U-", config.users, draws)
    item_ids = _names("SYN-I-", config.items, draws)
    items = [item_voice(group, draws) for group in world.group_of]
    users = [user_voice(draws) for _ in range(config.users)]
    records: list[dict[str, Any]] = []
    for user, (history, times) in enumerate(zip(world.histories, world.times, strict=True)):
        for item, time in zip(history, times, strict=True):
            stars = rating(items[item], users[user], draws)
            records.append(
                {
                    "reviewerID": user_ids[user],
                    "asin": item_ids[item],
                    "overall": float(stars),
                    "reviewText": review_text(items[item], users[user], stars, draws),
                    "summary": verdict(stars, draws),
                    "unixReviewTime": time,
                    "synthetic": True,
                }
            )
    # Shuffled before the (stable) sort, so that the order within a day tells nothing.
    draws.shuffle(records)
    records.sort(key=lambda record: record["unixReviewTime"])
    return records, world, {name: item for item, name in enumerate(item_ids)}


def _names(prefix: str, count: int, draws: Draws) -> list[str]:
    """Ids in random order, so that an id tells nothing about group, habit or time."""
    return [f"{prefix}{number + 1:04d}" for number in draws.permutation(count)]
