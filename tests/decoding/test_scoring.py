import torch

from pipeline.backbones.output_head import OutputHead
from pipeline.decoding.constraints import AllBut, Listed
from pipeline.decoding.scoring import MASKED, scored

WIDTH, VOCABULARY = 8, 50
LIVE = torch.tensor([[True, True], [True, False]])


class Asked(OutputHead):
    """A head that notes which tokens it is asked for."""

    def of_tokens(self, hidden: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        self.tokens = tokens.tolist()
        return super().of_tokens(hidden, tokens)


def parts() -> tuple[Asked, torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(0)
    weight = torch.randn(VOCABULARY, WIDTH, generator=rng)
    hidden = torch.randn(2, 2, WIDTH, generator=rng)
    return Asked(weight), hidden, torch.log_softmax(hidden @ weight.T, -1)


def test_the_allowed_tokens_alone_are_scored_each_over_the_whole_vocabulary() -> None:
    head, hidden, wanted = parts()
    tokens = torch.tensor([[[7, 3], [9, 0]], [[3, 0], [0, 0]]])
    allowed = torch.tensor([[[True, True], [True, False]], [[True, False], [False, False]]])
    found = scored(Listed(tokens, tokens + 100, allowed), LIVE, hidden, head, keep=5)
    assert head.tokens == [3, 7, 9]
    torch.testing.assert_close(found.scores[allowed], wanted.gather(2, tokens)[allowed])
    assert (found.scores[~allowed] == MASKED).all()
    assert torch.equal(found.states, tokens + 100)


def test_what_an_assistant_says_is_added_to_the_models_weighted_scores() -> None:
    head, hidden, wanted = parts()
    tokens = torch.tensor([[[7, 3], [9, 0]], [[3, 0], [0, 0]]])
    allowed = torch.tensor([[[True, True], [True, False]], [[True, False], [False, False]]])
    # Nothing is certain of a place that may not be taken.
    added = torch.where(allowed, torch.tensor(-2.0), torch.tensor(float("nan")))
    found = scored(Listed(tokens, tokens, allowed, 0.25, added), LIVE, hidden, head, keep=5)
    torch.testing.assert_close(found.scores[allowed], 0.25 * wanted.gather(2, tokens)[allowed] - 2)
    assert (found.scores[~allowed] == MASKED).all()


def test_nothing_allowed_is_nothing_scored() -> None:
    head, hidden, _ = parts()
    none = torch.zeros(2, 2, 1, dtype=torch.int64)
    found = scored(Listed(none, none, none > 0), LIVE, hidden, head, keep=5)
    assert (found.scores == MASKED).all()


def test_of_all_tokens_the_best_are_kept_without_the_barred_one() -> None:
    head, hidden, wanted = parts()
    best = int(wanted[0, 0, :40].argmax())
    found = scored(AllBut(40, best), LIVE, hidden, head, keep=3)
    wanted[..., best] = MASKED
    kept = found.scores[LIVE].sort(descending=True).values[:, :3]
    torch.testing.assert_close(kept, wanted[LIVE][:, :40].topk(3).values)
    assert (found.scores[~LIVE] == MASKED).all()
    assert (found.tokens < 40).all()
