"""Part-of-speech tags from the lexicon that TextBlob ships (Brill's, Penn Treebank tags), without downloads.

The lexicon knows one tag a word. What else a word can be is read off the other forms of it that the lexicon
knows ("working" makes a verb of "work"), and the context decides.
"""

from importlib.util import find_spec
from pathlib import Path

from pipeline.explanations.wordlists import AUXILIARY, BE, LINKING, SUBJECT_PRONOUNS

_FIXED = {
    **dict.fromkeys(("pretty", "too", "so", "very", "super", "really", "well", "just"), "RB"),
    **dict.fromkeys(("not", "n't", "never"), "RB"),
    **dict.fromkeys(("this", "these", "those", "every", "each", "all", "both", "no", "any", "some"), "DT"),
    **{"i": "PRP", "to": "TO", "but": "CC", "and": "CC", "or": "CC", "ok": "JJ", "okay": "JJ", "fun": "JJ"},
    **dict.fromkeys(("do", "have"), "VBP"),
    **dict.fromkeys(("does", "has"), "VBZ"),
    **dict.fromkeys(("did", "had"), "VBD"),
    **{
        "worth": "JJ",
        "free": "JJ",
        "your": "PRP$",
        "my": "PRP$",
        "their": "PRP$",
        "our": "PRP$",
        "its": "PRP$",
    },
    **{"which": "WDT", "who": "WP", "what": "WP", "plus": "CC", "though": "IN", "although": "IN", "&": "CC"},
    **{
        "awesome": "JJ",
        "favorite": "JJ",
        "perfect": "JJ",
        "clean": "JJ",
        "clear": "JJ",
        "live": "JJ",
        "ease": "NN",
        "including": "IN",
    },
}
_SUFFIXES = (
    ("ly", "RB"),
    *((suffix, "JJ") for suffix in ("able", "ible", "ful", "less", "ous", "ive", "ic", "ish", "al", "ant")),
    *(
        (suffix, "NN")
        for suffix in ("ness", "ment", "tion", "sion", "ity", "ship", "ance", "ence", "ism", "er")
    ),
    ("est", "JJS"),
    ("ing", "VBG"),
    ("ed", "VBN"),
    ("y", "JJ"),
    ("s", "NNS"),
)
_NOMINAL_LEFT = frozenset(("DT", "PRP$", "JJ", "JJR", "JJS", "CD", "POS"))
_AFTER_VERB = frozenset(("DT", "PRP$", "PRP", "RB", "JJ", "JJR", "RBR", "TO", "IN", "CD"))
_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))
_VERB_FORMS = frozenset(("VBG", "VBD", "VBN"))
_MAKES_VERB = frozenset(("TO", "MD"))


def textblob_folder() -> Path:
    """Folder of TextBlob's English data; found without importing TextBlob, which is slow."""
    spec = find_spec("textblob")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("textblob isn't installed; the extraction reads its English lexicon")
    return Path(spec.submodule_search_locations[0]) / "en"


class Tagger:
    """Tags tokens with Penn Treebank tags; words of the open classes by lexicon, form and context."""

    def __init__(self) -> None:
        self._tags: dict[str, str] = {}
        self._proper: dict[str, str] = {}
        text = (textblob_folder() / "en-lexicon.txt").read_text(encoding="utf-8")
        for line in text.splitlines():
            word, _, tag = line.partition(" ")
            if not tag or line.startswith(";;;"):
                continue
            (self._tags if word == word.lower() else self._proper)[word] = tag.split()[0]
        for word, tag in self._proper.items():
            # "Nice JJ" stands only with a capital.
            if not tag.startswith("NNP"):
                self._tags.setdefault(word.lower(), tag)
        self._tags.update(_FIXED)
        self._cache: dict[str, tuple[str, bool, bool]] = {}

    def __contains__(self, word: object) -> bool:
        """Whether the lexicon knows a small-letter word."""
        return word in self._tags

    def tag(self, tokens: list[str]) -> list[str]:
        """Return one Penn tag a token."""
        words = [token.lower() for token in tokens]
        facts = [self._facts(token, word) for token, word in zip(tokens, words, strict=True)]
        tags = [fact[0] for fact in facts]
        _name_capitals(tokens, tags)
        last = len(tags) - 1
        for i, (tag, verb, noun) in enumerate(facts):
            before = tags[i - 1] if i else "^"
            after = tags[i + 1] if i < last else "$"
            if verb and noun:
                tags[i] = _noun_or_verb(i, words, tags, tag, before, after)
            elif tag in ("VBD", "VBN"):
                tags[i] = _past(i, words, tags, before, after)
            elif words[i] in _SPECIAL:
                tags[i] = _SPECIAL[words[i]](i, words, tags, before, after)
        return tags

    def _facts(self, token: str, word: str) -> tuple[str, bool, bool]:
        found = self._cache.get(token)
        if found is None:
            tag = self._lookup(token, word)
            found = (tag, self._may_be_verb(word, tag), self._may_be_noun(word, tag))
            self._cache[token] = found
        return found

    def _lookup(self, token: str, word: str) -> str:
        if not token[0].isalnum() and word not in self._tags:
            return "SYM"
        tag = self._tags.get(word) or self._proper.get(token) or self._proper.get(token.capitalize())
        if tag:
            return tag
        if token[0].isdigit():
            return "CD"
        if token[0].isupper():
            return "NNP"
        if "-" in word and word.endswith("s") and self._tags.get(word.rpartition("-")[2]) == "NNS":
            return "NNS"
        if "-" in word:
            return "JJ" if self._tags.get(word.rpartition("-")[2], "NN")[:2] in ("VB", "JJ", "NN") else "NN"
        if word.startswith("un") and self._tags.get(word[2:], "").startswith(("JJ", "VBN")):
            return "JJ"
        return next((tag for suffix, tag in _SUFFIXES if word.endswith(suffix) and len(word) > 4), "NN")

    def _may_be_verb(self, word: str, tag: str) -> bool:
        if tag in ("VB", "VBP", "VBZ"):
            return True
        if tag not in ("NN", "NNS", "JJ", "IN"):
            return False
        base = word[:-1] if tag == "NNS" else word
        stems = (base, base[:-1], base + base[-1:])
        forms = [stem + suffix for stem in stems for suffix in ("ing", "ed")]
        return len(base) > 2 and any(self._tags.get(form) in _VERB_FORMS for form in forms)

    def _may_be_noun(self, word: str, tag: str) -> bool:
        if tag in ("NN", "NNS"):
            return True
        if tag in ("VB", "VBP"):
            return word not in AUXILIARY and word not in BE
        return tag == "VBZ" and self._tags.get(word[:-1]) == "NN"


def _name_capitals(tokens: list[str], tags: list[str]) -> None:
    """Tag adjectives inside a name ("Adobe Creative apps", "Best Buy") as proper nouns."""
    for i in range(1, len(tokens) - 1):
        if tags[i].startswith("JJ") and tokens[i][0].isupper() and not tokens[i].isupper():
            neighbour = tokens[i + 1] if tags[i + 1] in _NOUNS else tokens[i - 1] if i > 1 else "-"
            if neighbour[0].isupper() and not neighbour.isupper() and tokens[i - 1][0].isalnum():
                tags[i] = "NNP"


def _noun_or_verb(i: int, words: list[str], tags: list[str], tag: str, before: str, after: str) -> str:
    third = tag in ("NNS", "VBZ")
    verb, noun = ("VBZ", "NNS") if third else ("VB", "NN")
    if before in _MAKES_VERB or words[i - 1 : i] in (["n't"], ["not"], ["never"]):
        return verb
    if before == "RB" and i > 1 and tags[i - 2] in ("PRP", "TO", "MD"):
        return verb
    if before == "PRP" or before in ("WDT", "WP"):
        return verb
    if before in _NOMINAL_LEFT or before == "IN" or (before == "VBN" and after not in _AFTER_VERB):
        return noun
    if i == 0:
        return verb if after in (("JJ", "RB") if third else ("DT", "PRP$", "PRP")) else tag
    if third and before in ("NN", "NNP", "RB") and after in _AFTER_VERB:
        return verb
    if before in ("NNS", "NNPS") and after in (("JJ", "RB") if third else _AFTER_VERB):
        return verb
    if before in _NOUNS and tag == verb and after not in _AFTER_VERB:
        return noun
    return tag


def _past(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    j = i - 1
    while j >= 0 and tags[j] == "RB":
        j -= 1
    left = words[j] if j >= 0 else "^"
    if left in BE or left in AUXILIARY or left in LINKING:
        return "VBN"
    if before == "PRP" or (j >= 0 and tags[j] in _NOUNS and after != "IN"):
        return "VBD"
    return "VBN" if j < 0 or tags[j] in _NOMINAL_LEFT else tags[i]


def _like(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    j = i - 1
    while j >= 0 and tags[j] == "RB":
        j -= 1
    left = words[j] if j >= 0 else "^"
    if j >= 0 and (tags[j] in ("PRP", "TO", "MD", "NNS", "WP") or left in AUXILIARY):
        return "VB"
    return (
        "VB"
        if j < 0 and after in ("DT", "PRP$") and before != "RB" and i == 0 and words[i] == "liked"
        else "IN"
    )


def _that(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    if before in _NOUNS and (after.startswith("VB") or after in ("MD", "PRP", "RB")):
        return "WDT"
    return "DT" if after in _NOUNS or after in ("JJ", "VBZ", "VBD") else "IN"


def _apostrophe_s(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    if before in ("PRP", "EX", "WP", "WDT", "DT", "RB") or (i and words[i - 1] in SUBJECT_PRONOUNS):
        return "VBZ"
    return (
        "VBZ" if after in ("DT", "RB", "VBG", "PRP$") or words[i + 1 : i + 2] in (["n't"], ["not"]) else "POS"
    )


def _pretty(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    return "RB" if after in ("JJ", "RB", "VBN", "JJR", "IN") else "JJ"


def _no(i: int, words: list[str], tags: list[str], before: str, after: str) -> str:
    return "DT" if after != "$" else "RB"


_SPECIAL = {"like": _like, "that": _that, "'s": _apostrophe_s, "pretty": _pretty, "no": _no}
