"""Floating-point operations of a T5's forward pass, two a multiplication and addition.

Counted are matrix products alone, of real tokens: padding, repeated work and work on beams that nobody needs
don't count, so that a program that wastes it doesn't seem fast.
"""

from collections.abc import Iterable

from transformers import T5Config


def encoder_flops(config: T5Config, lengths: Iterable[int]) -> int:
    """Return the operations that encode inputs of these lengths."""
    inner = config.num_heads * config.d_kv
    token = 4 * config.d_model * inner + _feed_forward(config)
    return 2 * config.num_layers * sum(length * token + 2 * length**2 * inner for length in lengths)


def decoder_flops(config: T5Config, length: int, targets: Iterable[int]) -> int:
    """Return the operations that decode targets of these lengths, each a beam, over one input of `length`.

    The keys and values of the input are computed once, those of the target once a token; every token is
    projected to the whole vocabulary.
    """
    inner = config.num_heads * config.d_kv
    token = 6 * config.d_model * inner + _feed_forward(config)
    total = 2 * length * config.d_model * inner * config.num_decoder_layers
    for target in targets:
        attended = target * (target + 1) + 2 * target * length
        total += config.num_decoder_layers * (target * token + attended * inner)
        total += target * config.d_model * config.vocab_size
    return 2 * total


def _feed_forward(config: T5Config) -> int:
    return (3 if config.is_gated_act else 2) * config.d_model * config.d_ff
