"""The words of a text in any script: what texts are counted and compared by.

Scripts that write no spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tibetan) have no
words without a dictionary: there every character, with the marks on it, is a word. Texts that look alike
are equal: composed and decomposed accents, and compatibility forms (Unicode's NFKC, as in our tokenizers).
"""

import unicodedata

import regex

_UNSPACED = (
    r"[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}"
    r"\p{scx=Tibetan}]&&[\p{L}\p{N}]]"
)
_CHARACTER = regex.compile(rf"({_UNSPACED}\p{{M}}*)", regex.V1)
# A symbol, such as an emoji or a star, is a word too; ASCII has none of this class.
_WORD = regex.compile(rf"{_UNSPACED}\p{{M}}*|\p{{So}}|(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}\p{{N}}])+", regex.V1)
_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")


def normalized(text: str) -> str:
    """Return `text` in Unicode's form NFKC, in which texts that look alike are equal."""
    return unicodedata.normalize("NFKC", text)


def tokens(text: str) -> list[str]:
    """Return what stands between spaces in the normalized text; characters of unspaced scripts one by one."""
    return _CHARACTER.sub(r" \1 ", normalized(text)).split()


def words(text: str) -> list[str]:
    """Return the words of `text`, caseless, without punctuation: letters, their marks, and digits.

    What can't be seen (joiners, soft hyphens, marks of direction) is no part of a word. On ASCII these are
    the runs of a-z and 0-9, as in rouge-score.
    """
    # Caseless matching of compatibility forms: The Unicode Standard, section 3.13, D146.
    folded = normalized(unicodedata.normalize("NFD", text).casefold()).casefold()
    return _WORD.findall(normalized(_INVISIBLE.sub("", folded)))
