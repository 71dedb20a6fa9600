"""What methods are called on the page: key in the metrics files, label, and a note of a few words."""

from collections.abc import Iterable

Method = tuple[str, str, str]
"""Key in the metrics file, label, note."""

MODEL: Method = ("peapod", "PeaPOD", "the model of this run")
CHOOSER: Method = ("peapod", "LLaRA", "the model of this run")
"""The same model where it is asked LLaRA's question."""
NARROWED: Method = (
    "peapod_sequential",
    "PeaPOD, sequential",
    "its sequential answers, of the candidates alone: the history in place of the top-n prompt",
)
LAST: Method = ("floor_last_item", "Number rule: last item", "last item’s number + 1, + 2, …")
HIGHEST: Method = ("floor_highest_number", "Number rule: highest", "highest number so far + 1, + 2, …")
CHANCE: Method = ("chance", "Chance", "candidates in random order, exact")
COPY: Method = ("floor_copied_sentence", "Copied sentence", "the item’s most frequent sentence in train")
FLOORS = [LAST, HIGHEST]
"""Rules about numbers: where identifiers are none, there are no such floors."""

_BASELINES = {
    "most_popular": ("Most popular", "train’s most frequent items, the same for everyone"),
    "cooccurrence": ("Co-occurrence", "counts of what follows what, nothing trained"),
    "cooccurrence_text": ("Co-occurrence and text", "the same, and items with like titles"),
    "item_knn": ("ItemKNN", "items like those in the history"),
    "user_knn": ("UserKNN", "what similar users chose"),
    "ease": ("EASE", "one linear map over all items"),
    "bpr": ("BPR", "matrix factorization, pairwise loss"),
    "mf": ("MF", "matrix factorization"),
    "pmf": ("PMF", "probabilistic matrix factorization"),
    "mlp": ("MLP", "neural collaborative filtering"),
    "neumf": ("NeuMF", "neural collaborative filtering"),
    "vaecf": ("VAECF", "variational autoencoder"),
    "bivaecf": ("BiVAECF", "variational autoencoder of users and items"),
    "lightgcn": ("LightGCN", "graph convolution"),
    "fpmc": ("FPMC", "Markov chain of two items"),
    "gru4rec": ("GRU4Rec", "recurrent, over the history"),
    "sasrec": ("SASRec", "self-attention, cross-entropy"),
    "sasrec_bce": ("SASRec, binary", "self-attention, binary loss"),
    "bert4rec": ("BERT4Rec", "bidirectional self-attention"),
    "caser": ("Caser", "convolution over the history"),
    "dros_sasrec": ("SASRec by DROS", "self-attention, trained as LLaRA’s recommenders"),
    "dros_gru4rec": ("GRU4Rec by DROS", "recurrent, trained as LLaRA’s recommenders"),
    "dros_caser": ("Caser by DROS", "convolution, trained as LLaRA’s recommenders"),
    "dros_text": ("SASRec over texts", "by DROS, TF-IDF of titles in place of embeddings, as in MoRec"),
    "released": ("Released recommender", "trained by LLaRA’s authors"),
    "prompted": ("Prompted language model", "asked in words, without training"),
    "hgn": ("HGN", "gating over the history"),
    "fdsa": ("FDSA", "self-attention with item attributes"),
    "s3rec": ("S³-Rec", "self-supervised, with item attributes"),
    "att2seq": ("Att2Seq", "user and item to text, LSTM"),
    "nrt": ("NRT", "rating and text together, GRU"),
    "peter": ("PETER", "a small transformer for explanations"),
    "peter_plus": ("PETER+ (oracle)", "PETER, told the feature of the answer: no competitor"),
}


_ATTRIBUTES = "needs item metadata (dataset.metadata), and its name in evaluation.baselines"
_TEXTS = "makes its ids from item titles and descriptions, which review files don’t have"
_IMAGES = "needs images of the items, which review files don’t have"
_CONTENT = "makes its ids from embeddings of item texts, which review files don’t have; cornac has it"
_RATIONALES = "needs a large language model’s rationale of every review"

NOT_RUN = {
    "sequential": {
        "FDSA": _ATTRIBUTES,
        "S³-Rec": _ATTRIBUTES,
        "Co-occurrence and text": _ATTRIBUTES,
        "IDGenRec": _TEXTS,
        "VIP5": _IMAGES,
        "RDRec": _RATIONALES,
        "TIGER": _CONTENT,
        "LETTER": _CONTENT,
        "RPG": _CONTENT,
    },
    "topn": {"Co-occurrence and text": _ATTRIBUTES, "VIP5": _IMAGES, "RDRec": _RATIONALES},
    "explanation": {"VIP5": _IMAGES},
}
"""Methods of the paper's tables and of cornac that this data can't serve, by task, with the reason."""

KNOWN = tuple(_BASELINES)


def assisted(names: Iterable[str]) -> list[Method]:
    """Return the model with each of the methods called `names` as its assistant, by both prompts of top-n."""
    return [
        (f"{key}_{name}{ending}", f"{whose} + {label}", "both together, weighed on validation")
        for name, label, _ in baselines(names)
        for key, whose, ending in ((MODEL[0], MODEL[1], ""), (MODEL[0], NARROWED[1], "_sequential"))
    ]


def baselines(names: Iterable[str]) -> list[Method]:
    """Return the baselines called `names`, in their order; one without a label is called by its name."""
    return [(name, *_BASELINES.get(name, (name, ""))) for name in names]
