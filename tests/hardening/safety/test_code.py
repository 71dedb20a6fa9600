"""What our code never calls, read from its syntax trees: no unpickling, eval, remote code, stray download."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UNPICKLER = "pipeline/data/restricted_pickle.py"
NETWORKERS = {
    "pipeline/downloads.py",
    "pipeline/language_models/endpoint.py",
    "pipeline/runtime/engines/ray.py",
    "stages/serve.py",
    "benchmarks/serving.py",
}
"""What downloads, what listens, and what asks it."""
UNPICKLERS = {
    "pickle",
    "cPickle",
    "_pickle",
    "dill",
    "cloudpickle",
    "joblib",
    "marshal",
    "shelve",
    "pandas.read_pickle",
}
NETWORK = {"urllib", "requests", "httpx", "aiohttp", "socket", "ftplib", "http", "huggingface_hub", "wget"}
UNPACKERS = {"tarfile", "zipfile"}
ERRORS = {"BadZipFile"}
"""To catch an error of an unpacker's unpacks nothing."""
DANGEROUS = {"eval", "exec", "compile", "__import__"}


def sources():
    for folder in ("pipeline", "stages", "tools", "experiments", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def faults(name, text):
    """Every use of something dangerous, as `line: what`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            )
            for module in modules:
                top = module.split(".")[0]
                # The benchmarks look into one archive without unpacking it.
                unpackers = set() if name.startswith("benchmarks/") else UNPACKERS
                network = set() if name in NETWORKERS else NETWORK
                if isinstance(node, ast.ImportFrom) and {one.name for one in node.names} <= ERRORS:
                    continue
                if top in UNPICKLERS | network | unpackers and name != UNPICKLER:
                    found.append(f"{node.lineno}: import {module}")
        if isinstance(node, ast.Call):
            found += [f"{node.lineno}: {fault}" for fault in _call_faults(node)]
    return found


def _call_faults(call):
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}

    def is_constant(name, value):
        return isinstance(keywords.get(name), ast.Constant) and keywords[name].value is value

    function = ast.unparse(call.func)
    last = function.split(".")[-1]
    if function in DANGEROUS or last in {
        "read_pickle",
        "unpack_archive",
        "extractall",
        "urlopen",
        "hf_hub_download",
    }:
        yield f"{function}()"
    if function == "torch.load" and not is_constant("weights_only", True):
        yield "torch.load without weights_only=True"
    # Of an object of ruamel.yaml's; PyYAML's function is told by its loader.
    if function == "yaml.load" and (keywords or len(call.args) > 1):
        yield "yaml.load without the safe loader"
    if function in {"YAML", "yaml.YAML"} and ast.unparse(keywords.get("typ", ast.Constant(None))) != "'safe'":
        yield "YAML that isn't of the safe kind"
    if (
        function in {"np.load", "numpy.load"}
        and "allow_pickle" in keywords
        and not is_constant("allow_pickle", False)
    ):
        yield "numpy.load with pickles"
    if "trust_remote_code" in keywords and not is_constant("trust_remote_code", False):
        yield "trust_remote_code"
    if ("shell" in keywords and not is_constant("shell", False)) or function in {"os.system", "os.popen"}:
        yield "a shell"
    weightless = "Tokenizer" in function or "onfig" in function
    if last == "from_pretrained" and not weightless and not is_constant("use_safetensors", True):
        yield "weights that may be pickled"
    # None: **keywords may hold anything.
    if last == "from_pretrained" and None in keywords:
        yield "from_pretrained with keywords unseen here"


def test_nothing_dangerous_is_called():
    assert {name: found for name, text in sources() if (found := faults(name, text))} == {}


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import pickle", "import pickle"),
        ("from joblib import load", "import joblib"),
        ("x = eval('1')", "eval()"),
        ("torch.load(path)", "torch.load without weights_only=True"),
        ("torch.load(path, weights_only=False)", "torch.load without weights_only=True"),
        ("yaml.load(text, Loader=yaml.Loader)", "yaml.load without the safe loader"),
        ("x = YAML(typ='unsafe')", "YAML that isn't of the safe kind"),
        ("np.load(path, allow_pickle=True)", "numpy.load with pickles"),
        (
            "AutoModel.from_pretrained(name, trust_remote_code=True, use_safetensors=True)",
            "trust_remote_code",
        ),
        ("T5ForConditionalGeneration.from_pretrained(name)", "weights that may be pickled"),
        ("AutoTokenizer.from_pretrained(name, **options)", "from_pretrained with keywords unseen here"),
        ("pd.read_pickle(path)", "pd.read_pickle()"),
        ("import urllib.request", "import urllib.request"),
        ("archive.extractall(folder)", "archive.extractall()"),
        ("subprocess.run(line, shell=True)", "a shell"),
    ],
)
def test_the_scan_finds_what_it_is_for(code, fault):
    assert faults("pipeline/x.py", code) == [f"1: {fault}"]


@pytest.mark.parametrize(
    "code",
    [
        "torch.load(path, weights_only=True)",
        "model.eval()",
        "ast.literal_eval(text)",
        "re.compile('a')",
        "yaml.safe_load(t)",
    ],
)
def test_the_scan_lets_the_safe_pass(code):
    assert faults("pipeline/x.py", code) == []


def test_no_stage_downloads():
    """Stages read files: what is fetched is fetched by a command, before them."""
    named = [name for name, text in sources() if "pipeline.downloads" in text]
    assert named == ["tools/download.py"]
    assert "downloads" not in (ROOT / "dvc.yaml").read_text(encoding="utf-8")


def test_the_one_unpickler_is_restricted():
    tree = ast.parse((ROOT / UNPICKLER).read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {"pickle.load", "pickle.loads", "pickle.Unpickler"} & calls
    assert any(isinstance(node, ast.FunctionDef) and node.name == "find_class" for node in ast.walk(tree))
