"""Raw review text to clean sentences and tokens with offsets.

Tokens follow the Penn Treebank's conventions (`do n't`, `it 's`), which the tagger's lexicon expects.
"""

import html
import re
from collections.abc import Container
from typing import NamedTuple

_MARKUP = re.compile(r"<br\s*/?>|</?p>|[\r\n]+", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_URL = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}\.\w+|\[\[(?:ASIN|VIDEOID)[^\]]{0,300}\]\]",
    re.IGNORECASE,
)
_URL_SIGNS = ("http", "www.", "@", "[[")
"""One of these is in whatever _URL matches."""
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\xa0": " "}
)
# A full stop glued to the next sentence ("good.The"); before it a small letter, a closing sign or a
# shouted word, so that "U.S.A" and "3.0mm" stay whole.
_GLUED_STOP = re.compile(r"(?:(?<=[a-z\)\"'])|(?<=[A-Z]{3})|(?<=[a-z]\d))([.!?]+)(?=[A-Z\"(])")
_GLUED_COMMA = re.compile(r"(?<=[A-Za-z])([,;])(?=[A-Za-z])")
_MANY_MARKS = re.compile(r"([!?,;*~=_-])\1+")
_MANY_STOPS = re.compile(r"\.(?:\s?\.)+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_RUN = re.compile(r"([A-Za-z])\1\1+")
_TWO_CAPITALS = re.compile(r"[^\W\d_a-z][\W\d_]*[^\W\d_a-z]")
_SPACES = re.compile(r"[^\S\n]+")

_STOP = re.compile(r"[.!?]+[\"')\]]*(?=\s)|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|jr|sr|st|vs|inc|co|corp|ltd|e\.g|i\.e|approx|oz|lbs?|ft|ea|fig|dept|est"
    r"|[a-z])|\.\.)\.$",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\$?\d+(?:[.,]\d+)*(?:%|[A-Za-z]+)?|(?:[A-Za-z]\.){2,}|[^\W\d_]\w*(?:[-&'][^\W_]+)*"
    r"|'(?:s|m|re|ve|ll|d)\b|\.\.\.|[:;]-?[)(DP](?!\w)|[^\w\s]|\w+",
    re.IGNORECASE,
)
_CLITIC = re.compile(r"(?:n't|'(?:s|m|re|ve|ll|d))$", re.IGNORECASE)


class Sentence(NamedTuple):
    """A sentence of a cleaned text.

    Attributes:
        text: the sentence, without outer spaces.
        start: where it begins in the cleaned text.
        tokens: its tokens.
        offsets: (begin, end) of each token within `text`.
    """

    text: str
    start: int
    tokens: list[str]
    offsets: list[tuple[int, int]]


def clean(text: str, known: Container[str] = frozenset()) -> str:
    """Return `text` without markup, entities, URLs, glued full stops and letters held down.

    Line breaks of the source stay as "\\n"; other white space becomes one space. Of a letter repeated three
    times or more two remain if that gives a word of `known` ("goood"), else one ("sooo").
    """
    if "&" in text:
        # Twice: the 2014 files hold "&amp;#34;".
        text = html.unescape(html.unescape(text))
    text = _MARKUP.sub("\n", text.translate(_QUOTES))
    if "<" in text:
        text = _TAG.sub(" ", text)
    lowered = text.lower()
    if any(sign in lowered for sign in _URL_SIGNS):
        text = _URL.sub(" ", text)
    text = _MANY_MARKS.sub(r"\1", text)
    text = _MANY_STOPS.sub("... ", text)
    text = _GLUED_STOP.sub(r"\1 ", text)
    text = _GLUED_COMMA.sub(r"\1 ", text)
    if _RUN.search(text):
        text = _WORD.sub(lambda match: _shorten(match.group(), known), text)
    return _SPACES.sub(" ", text).strip()


def _shorten(word: str, known: Container[str]) -> str:
    if not _RUN.search(word) or (word.isupper() and len(word) <= 4):
        return word  # AAA, XXXL, III
    double = _RUN.sub(r"\1\1", word)
    return double if double.lower() in known else _RUN.sub(r"\1", word)


def sentences(text: str) -> list[str]:
    """Split a cleaned text after full stops, marks and line breaks; abbreviations don't end a sentence."""
    return [text[begin:end] for begin, end in _spans(text)]


def _spans(text: str) -> list[tuple[int, int]]:
    spans = []
    begin = 0
    for match in _STOP.finditer(text):
        end = match.end()
        following = text[end : end + 2].strip()
        abbreviated = _ABBREVIATION.search(text, max(begin, end - 12), end)
        if match.group() == "." and abbreviated and text[end - 2] != "I":  # "So do I." does end
            continue
        if match.group().startswith("..") and following[:1].islower():
            continue
        spans.append((begin, end))
        begin = end
    spans.append((begin, len(text)))
    trimmed = ((b + len(text[b:e]) - len(text[b:e].lstrip()), e) for b, e in spans)
    return [(b, b + len(text[b:e].rstrip())) for b, e in trimmed if text[b:e].strip()]


def quieten(sentence: str) -> str:
    """Return a shouted sentence (mostly capitals) in small letters, its first letter and "I" capital."""
    if not _TWO_CAPITALS.search(sentence):
        return sentence  # of more capitals than small letters, two stand side by side
    letters = [letter for letter in sentence if letter.isalpha()]
    capitals = sum(map(str.isupper, letters))
    if len(letters) < 6 or capitals < 0.6 * len(letters):
        return sentence
    lowered = re.sub(r"\bi\b", "I", sentence.lower())
    return lowered[:1].upper() + lowered[1:]


def tokenize(sentence: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the tokens of a sentence and their (begin, end) offsets within it."""
    tokens = []
    offsets = []
    for match in _TOKEN.finditer(sentence):
        begin, end = match.span()
        token = match.group()
        clitic = _CLITIC.search(token) if "'" in token else None
        if clitic and clitic.start():
            middle = begin + clitic.start()
            tokens.append(sentence[begin:middle])
            offsets.append((begin, middle))
            begin = middle
        tokens.append(sentence[begin:end])
        offsets.append((begin, end))
    return tokens, offsets


def segment(text: str, known: Container[str] = frozenset()) -> list[Sentence]:
    """Clean a review and return its sentences with tokens and offsets; the empty text has none."""
    cleaned = clean(text, known)
    return [
        Sentence(quiet, begin, *tokenize(quiet))
        for begin, end in _spans(cleaned)
        for quiet in (quieten(cleaned[begin:end]),)
    ]
