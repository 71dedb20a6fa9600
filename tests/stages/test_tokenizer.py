from pathlib import Path

import pytest

from stages.tokenizer import main
from tests.end_to_end.runs import parameters
from tests.tiny import t5_tokenizer, tiny_t5


def test_a_folder_that_train_could_not_read_is_told_of_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "t5"
    t5_tokenizer().save(folder)
    tiny_t5().save_pretrained(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    parameters(tmp_path, {"model.backbone": str(folder)})
    with pytest.raises(SystemExit) as ended:
        main(tmp_path / "params.yaml", out=tmp_path / "tokenizer")
    assert ended.value.code == 1
    assert f"error: model.backbone '{folder}': holds pytorch_model.bin; only" in capsys.readouterr().err
    assert not (tmp_path / "tokenizer").exists()
