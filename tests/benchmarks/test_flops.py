import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers.modeling_outputs import BaseModelOutput

from benchmarks.flops import decoder_flops, encoder_flops
from tests.tiny import tiny_batch, tiny_t5


def test_an_input_costs_what_torch_counts() -> None:
    t5, batch = tiny_t5(), tiny_batch()
    t5.set_attn_implementation("eager")
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        t5.encoder(input_ids=batch.tokens)
    assert encoder_flops(t5.config, [batch.tokens.shape[1]] * 4) == counter.get_total_flops()


def test_a_target_costs_what_torch_counts_but_for_what_comes_later() -> None:
    t5 = tiny_t5()
    t5.set_attn_implementation("eager")
    states = BaseModelOutput(last_hidden_state=torch.randn(1, 7, t5.config.d_model))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        t5(encoder_outputs=states, decoder_input_ids=torch.ones(1, 5, dtype=torch.int64))
    # torch counts all 5 x 5 scores of both products, 5 x 4 of the 2 x 5 x 5 being masked.
    masked = 2 * t5.config.num_decoder_layers * 5 * 4 * 16
    assert decoder_flops(t5.config, 7, [5]) == counter.get_total_flops() - masked
