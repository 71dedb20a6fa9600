"""Text to tokens: a unigram tokenizer trained from scratch, or a pretrained model's own.

Every tokenizer here works word by word (whitespace words, marked by "▁"), so that the tokens of a prompt
are the tokens of its words in a row; `PromptTokenizer` proves that of the tokenizer it is given.
"""

import io
import itertools
import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
import sentencepiece
from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from pipeline.artifacts import ArtifactError, atomic_folder
from pipeline.backbones.folders import location

PAD = "<pad>"
EOS = "</s>"
UNKNOWN = "<unk>"
_ID_PREFIXES = ("▁user_", "▁item_")
_CHARACTERS = "▁" + string.ascii_letters + string.punctuation
_DIGIT_SCORE = -2.0
_WORD = re.compile(r"(?<!\S)[^\W\d_]+")


def train_tokenizer(texts: Iterable[str], vocabulary: int, number_digits: int) -> PreTrainedTokenizerFast:
    """Train a sentencepiece-unigram tokenizer on `texts`, with special tokens and number pieces.

    Words come from the texts; numbers don't: every string of one to `number_digits` digits is a piece, and
    longer numbers fall into as few of them as possible, as in 73 91, so that the same
    pieces name an item in the input and in the output. Every ASCII letter and mark is a piece too, so that
    ids and wordings that the texts don't spell stay what they are.

    `vocabulary` is the most tokens there may be, all of that included; small corpora give fewer.

    Raises ValueError when `vocabulary` leaves no room for words, or for every character of the texts.
    """
    numbers = _number_pieces(number_digits)
    fixed = [(PAD, 0.0), (EOS, 0.0), (UNKNOWN, 0.0)]
    room = vocabulary - len(fixed) - len(_ID_PREFIXES) - len(numbers) - len(_CHARACTERS)
    if room < 50:
        raise ValueError(
            f"tokenizer.vocabulary {vocabulary} leaves {room} pieces for words beside {len(numbers)} number "
            f"pieces; at least {vocabulary + 50 - room} wanted"
        )
    clean = [re.sub(r"\d+", " ", unicodedata.normalize("NFKC", text)) for text in texts]
    characters = len(set("▁".join(clean)) - set(string.whitespace))
    if characters > room:
        raise ValueError(
            f"tokenizer.vocabulary {vocabulary} leaves {room} pieces for the {characters} different "
            f"characters of the explanations; at least {vocabulary + characters - room} wanted"
        )
    words = [piece for piece in _train_pieces(clean, room) if piece[0] not in _ID_PREFIXES]
    words += _whole_words(clean, {piece for piece, _ in words}, room - len(words))
    prefixes = [(prefix, _DIGIT_SCORE) for prefix in _ID_PREFIXES]
    # Below every word piece: a character stands alone only where nothing longer fits.
    lowest = min((score for _, score in words), default=_DIGIT_SCORE) - 1.0
    known = {piece for piece, _ in words}
    single = [(character, lowest) for character in _CHARACTERS if character not in known]
    pieces = fixed + prefixes + numbers + words + single
    return _wrap(Tokenizer(Unigram(pieces, unk_id=2, byte_fallback=False)))


def _number_pieces(digits: int) -> list[tuple[str, float]]:
    # Equal scores below zero: the fewest pieces win.
    return [
        ("".join(number), _DIGIT_SCORE)
        for length in range(1, digits + 1)
        for number in itertools.product("0123456789", repeat=length)
    ]


def _train_pieces(texts: Sequence[str], size: int) -> list[tuple[str, float]]:
    """Return (piece, log-probability) pairs of a unigram model of at most `size` pieces, best first."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="unigram",
        vocab_size=size + 3,
        hard_vocab_limit=False,
        # All characters are kept; rare ones would otherwise become unknown in explanations.
        character_coverage=1.0,
        normalization_rule_name="identity",
        num_threads=1,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = ((processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size()))
    return list(itertools.islice(pieces, 3, None))


def _whole_words(texts: Sequence[str], known: Collection[str], most: int) -> list[tuple[str, float]]:
    """Return up to `most` repeated words but the `known`, most frequent first, with log-probabilities.

    Sentencepiece takes for pieces only what two *different* words share: in few or repetitive texts it
    splits the most frequent words ("▁be" "ca" "use"), and leaves room.
    """
    counts = Counter("▁" + word for text in texts for word in _WORD.findall(text))
    total = counts.total()
    repeated = [(word, count) for word, count in counts.most_common() if count > 1 and word not in known]
    return [(word, math.log(count / total)) for word, count in repeated[:most]]


def _wrap(backend: Tokenizer) -> PreTrainedTokenizerFast:
    backend.normalizer = normalizers.NFKC()
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    backend.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNKNOWN,
        clean_up_tokenization_spaces=False,
    )


def load_pretrained_tokenizer(name: str) -> PreTrainedTokenizerBase:
    """Load the tokenizer of a pretrained model by hub name or local path.

    Raises ValueError that says what to do when it is neither on this machine nor to be downloaded.
    """
    # Without the file transformers makes a tokenizer of its own, to which every word is unknown.
    if Path(name).is_dir() and not (Path(name) / "tokenizer.json").is_file():
        raise ValueError(
            f"model.backbone {name!r}: holds no tokenizer.json (spiece.model isn't read): download it from "
            "where the model comes from"
        )
    place = location(name)
    try:
        return AutoTokenizer.from_pretrained(place.source, gguf_file=place.gguf_file)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"model.backbone {name!r}: no tokenizer found here or on the Hugging Face hub. Give the path "
            f"of a downloaded folder, go online once, or have one built from sizes ({_first_line(error)})"
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


class PromptTokenizer:
    """Tokens of words and texts, without special tokens, as int32 arrays."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Wrap a tokenizer; raises ValueError when it doesn't work word by word."""
        self._tokenizer = tokenizer
        if tokenizer.eos_token_id is None:
            raise ValueError("this tokenizer has no end-of-sequence token; one wanted")
        self.eos: int = tokenizer.eos_token_id
        self.pad: int = self.eos if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        # Byte-level tokenizers take a word for one only where a space stands before it.
        self._before = ""
        if not self._is_word_by_word():
            self._before = " "
            if not self._is_word_by_word():
                raise ValueError("this tokenizer joins tokens across words; word by word wanted")

    def _is_word_by_word(self) -> bool:
        probe = "What does user_17 think of item_2345 ?"
        return np.array_equal(self.encode([probe])[0], np.concatenate(self.encode(probe.split())))

    def add_symbols(self, symbols: Sequence[str]) -> None:
        """Let each of `symbols` be one token, behind those that there are.

        Raises ValueError for one that the vocabulary has already, or that doesn't stay whole.
        """
        known = self._tokenizer.get_vocab()
        taken = [symbol for symbol in symbols if symbol in known]
        if taken:
            raise ValueError(f"symbol {taken[0]!r} is a token of the tokenizer already; give it another name")
        # Not normalized: a symbol is found as it is written.
        self._tokenizer.add_tokens(
            [
                AddedToken(symbol, lstrip=bool(self._before), normalized=False, special=False)
                for symbol in symbols
            ]
        )
        split = [symbol for symbol, ids in zip(symbols, self.encode(symbols), strict=True) if len(ids) != 1]
        if split:
            raise ValueError(f"symbol {split[0]!r} doesn't stay one token; give it another name")

    @property
    def symbols(self) -> int:
        """How many tokens `add_symbols` added."""
        added = self._tokenizer.added_tokens_decoder.values()
        return sum(not token.special for token in added)

    def __len__(self) -> int:
        """Return the vocabulary size V."""
        return len(self._tokenizer)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the token ids of each text, int32 [its length], no special tokens."""
        if not texts:
            return []
        # A blank alone would be a token.
        spaced = [self._before + text if text else "" for text in texts]
        encoded = self._tokenizer(spaced, add_special_tokens=False)["input_ids"]
        return [np.asarray(ids, dtype=np.int32) for ids in encoded]

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """Return the text of token ids, special tokens left out."""
        return str(self._tokenizer.decode([int(i) for i in ids], skip_special_tokens=True)).strip()

    def unknown(self, texts: Sequence[str]) -> list[int]:
        """Return which of `texts` hold characters that this tokenizer has no token for, and so drops."""
        unknown = self._tokenizer.unk_token_id
        return [row for row, ids in enumerate(self.encode(texts)) if unknown in ids]

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files as the folder `folder`, all or none.

        Raises ArtifactError naming the folder when they can't be written.
        """
        with atomic_folder(folder) as temporary:
            try:
                self._tokenizer.save_pretrained(str(temporary))
            except OSError:
                raise
            except Exception as error:
                # The library behind has only this type for a full disk.
                raise ArtifactError(f"{folder}: tokenizer not written: {error}") from error

    @classmethod
    def load(cls, folder: Path) -> "PromptTokenizer":
        """Read a tokenizer written by `save`; raises ValueError when the folder has none."""
        if not (folder / "tokenizer.json").is_file():
            raise ValueError(f"{folder}: no tokenizer.json; run the tokenizer stage (dvc repro tokenizer)")
        return cls(AutoTokenizer.from_pretrained(str(folder)))
