"""Pretrained causal models: from a folder and from a GGUF file, whole or under adapters."""

from pathlib import Path

import pytest
import torch

from pipeline.artifacts import ArtifactError, read_json, write_json
from pipeline.backbones.build import build_backbone
from pipeline.backbones.causal.lora import weights_hash
from pipeline.backbones.config import LoraConfig
from pipeline.backbones.folders import check_pretrained
from pipeline.model.assembly import assemble
from pipeline.model.checkpoint import load_checkpoint, save_checkpoint
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.tokenizer import PromptTokenizer, load_pretrained_tokenizer
from pipeline.training.loop import train
from pipeline.training.material import Material
from pipeline.training.optimizers import make_optimizer
from pipeline.training.progress import Progress
from pipeline.training.resume import SavedStates
from pipeline.training.weights import snapshot, trained
from tests.backbones.causal.models import VOCABULARY, llama_folder, llama_gguf
from tests.backbones.t5.test_build import config
from tests.tiny import NEIGHBOURS, USER_WIDTH, USERS, logits, prompts_config, tiny_batch
from tests.training.test_loop import RUNTIME, VALIDATION, Repeated
from tests.training.test_loop import config as training

LORA = LoraConfig(rank=2, alpha=8, dropout=0.0)


def built(source: Path, vocabulary: int = VOCABULARY, **changes: object):
    torch.manual_seed(1)
    return build_backbone(
        config(backbone=str(source), dropout=0.0, **changes), vocabulary, 0, 0, vocabulary - 300
    )


def around(backbone) -> PeaPOD:
    torch.manual_seed(2)
    vectors = torch.randn(USERS, USER_WIDTH)
    neighbours = torch.randint(0, USERS, (USERS, NEIGHBOURS))
    return assemble(backbone, prompts_config(), vectors, neighbours).eval()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    llama_folder(tmp_path / "llama")
    return tmp_path / "llama"


def test_fresh_layers_have_the_configured_scale_and_embeddings_their_own() -> None:
    for scale in (0.02, 0.2):
        torch.manual_seed(0)
        made = build_backbone(
            config(backbone="llama", initializer_range=scale, embedding_scale=0.5), 2000, 0, 1
        )
        query = made.llm.model.layers[0].self_attn.q_proj.weight
        assert float(query.detach().std()) == pytest.approx(scale, rel=0.1)
        assert float(made.embedding.detach()[2:].std()) == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("kind", ["folder", "gguf"])
def test_a_pretrained_llama_has_its_logits(tmp_path: Path, kind: str) -> None:
    source = tmp_path / ("llama" if kind == "folder" else "llama.gguf")
    llama = (llama_folder if kind == "folder" else llama_gguf)(source)
    check_pretrained(str(source))
    backbone = built(source).eval()
    tokens = torch.randint(0, VOCABULARY, (2, 7))
    torch.testing.assert_close(backbone.llm(input_ids=tokens).logits, llama(input_ids=tokens).logits)
    assert backbone.llm.dtype == torch.float32
    assert all(weight.requires_grad for weight in backbone.parameters())
    assert backbone.description()["base"] is None


@pytest.mark.parametrize("kind", ["folder", "gguf"])
def test_its_tokenizer_takes_words_alone_as_in_a_text(tmp_path: Path, kind: str) -> None:
    source = tmp_path / ("llama" if kind == "folder" else "llama.gguf")
    (llama_folder if kind == "folder" else llama_gguf)(source)
    tokenizer = PromptTokenizer(load_pretrained_tokenizer(str(source)))
    assert tokenizer.pad == tokenizer.eos == 0
    whole = tokenizer.encode(["the strings sound warm"])[0].tolist()
    words = tokenizer.encode(["the", "strings", "sound", "warm"])
    assert whole == [int(token) for word in words for token in word]
    assert tokenizer.decode(whole) == "the strings sound warm"
    tokenizer.add_symbols(["<item_7>", "<item_8>"])
    assert [len(ids) for ids in tokenizer.encode(["<item_7>", "<item_8>"])] == [1, 1]
    tokenizer.save(tmp_path / "saved")
    assert PromptTokenizer.load(tmp_path / "saved").encode(["warm <item_7>"])[0].tolist() == [
        *tokenizer.encode(["warm"])[0].tolist(),
        *tokenizer.encode(["<item_7>"])[0].tolist(),
    ]


@pytest.mark.parametrize("tied", [False, True])
def test_a_llama_from_sizes_can_share_its_table_with_its_projection(tied: bool, tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = around(build_backbone(config(backbone="llama", dropout=0.0, tied=tied), VOCABULARY, 0, 0))
    table = VOCABULARY * model.backbone.width
    names = [name for name, weight in model.backbone.named_parameters() if weight.numel() == table]
    assert len(names) == (1 if tied else 2)
    save_checkpoint(tmp_path / "saved", model, prompts_config())
    restored = load_checkpoint(tmp_path / "saved")
    assert (restored.backbone.projection is restored.backbone.embedding) is tied
    assert torch.equal(logits(restored, tiny_batch()), logits(model, tiny_batch()))


def test_adapters_change_nothing_at_first_and_alone_are_trained(folder: Path) -> None:
    plain = built(folder).eval()
    backbone = built(folder, lora=LORA).eval()
    tokens = torch.randint(0, VOCABULARY, (2, 7))
    assert torch.equal(backbone.llm(input_ids=tokens).logits, plain.llm(input_ids=tokens).logits)
    names = [name for name, weight in backbone.named_parameters() if weight.requires_grad]
    # Two layers of seven targets, two matrices each.
    assert len(names) == 28
    assert all(".lora_" in name for name in names)


def test_an_unknown_target_names_those_that_there_are(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"names query, wi; linear layers of the model are down_proj, gate"):
        built(folder, lora=LoraConfig(rank=2, targets=("wi", "q_proj", "query")))


def test_frozen_weights_are_neither_moved_nor_kept_nor_saved(folder: Path, tmp_path: Path) -> None:
    model = around(built(folder, lora=LORA))
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    states = SavedStates(tmp_path / "states", 2)
    train(model, Material(Repeated(), VALIDATION), training(epochs=2), RUNTIME, 0, 7, states)
    moved = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    assert moved == {name for name, weight in model.named_parameters() if weight.requires_grad}
    optimizer, scheduler = make_optimizer(model, training(), 4)
    assert sum(len(group["params"]) for group in optimizer.param_groups) == len(moved)
    progress = Progress(model, optimizer, scheduler, snapshot(model))
    assert progress.best.keys() == moved
    states.restore(progress)
    assert progress.step > 0
    save_checkpoint(tmp_path / "saved", model, prompts_config())
    size = (tmp_path / "saved/model.safetensors").stat().st_size
    assert size < 4 * sum(weight.numel() for weight in trained(model).values()) + 20_000
    stored = read_json(tmp_path / "saved/config.json")["backbone"]["base"]
    assert stored["name"] == str(folder)
    assert torch.equal(
        logits(load_checkpoint(tmp_path / "saved"), tiny_batch()), logits(model.eval(), tiny_batch())
    )


def test_new_symbols_are_learned_under_adapters_and_come_back(folder: Path, tmp_path: Path) -> None:
    backbone = built(folder, vocabulary=304, lora=LORA)
    assert len(backbone.embedding) == len(backbone.projection) == 304
    model = around(backbone)
    batch = tiny_batch(vocabulary=304)
    batch.labels[0, 0] = 303
    model.loss(batch)[0].backward()
    assert model.backbone.projection.grad[303].any()
    save_checkpoint(tmp_path / "saved", model, prompts_config())
    assert torch.equal(logits(load_checkpoint(tmp_path / "saved"), batch), logits(model, batch))


def test_adapters_on_another_base_are_refused(folder: Path, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "saved", around(built(folder, lora=LORA)), prompts_config())
    wanted = weights_hash(llama_folder(folder, seed=5))
    found = weights_hash(llama_folder(folder, seed=6))
    assert wanted != found
    told = (
        rf"config.json: .*SHA-256 {wanted[:12]}\.\.\., and the one there has {found[:12]}\.\.\.: put the same"
    )
    with pytest.raises(ArtifactError, match=told):
        load_checkpoint(tmp_path / "saved")


def test_adapters_whose_base_is_gone_say_where_it_was(folder: Path, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "saved", around(built(folder, lora=LORA)), prompts_config())
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(ArtifactError, match=rf"config.json: model.backbone '{folder}': not found here"):
        load_checkpoint(tmp_path / "saved")


def test_a_gguf_file_of_another_architecture_is_refused(tmp_path: Path) -> None:
    llama_gguf(tmp_path / "other.gguf", architecture="falcon")
    with pytest.raises(
        ValueError, match=r"other.gguf': is of architecture 'falcon'; of GGUF files there are"
    ):
        check_pretrained(str(tmp_path / "other.gguf"))


@pytest.mark.parametrize("left", [0, 3, 40, 2000])
def test_a_broken_gguf_file_is_refused(tmp_path: Path, left: int) -> None:
    file = tmp_path / "broken.gguf"
    llama_gguf(file)
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(ValueError, match=r"broken.gguf': is damaged, or no GGUF file"):
        check_pretrained(str(file))


def test_a_folder_of_an_unknown_architecture_is_refused(folder: Path) -> None:
    document = read_json(folder / "config.json")
    write_json(folder / "config.json", document | {"model_type": "mamba"})
    with pytest.raises(ValueError, match=r"config.json says model_type 'mamba'; there are llama, t5"):
        built(folder)
