"""Whether a review is in English, told by its letters and its most common words."""

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_READ = 4000
"""Characters that are looked at; a language doesn't change after them."""
_FEWEST = 4
"""Different common words of another language that it takes to call a text foreign."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    "the and is it i this of to for with that was my but have not they are you on in as had great good very "
    "if would just one be at so or all we from when does do has can will am were your these"
)
# Spanish, Portuguese, French, German, Italian, Dutch; mostly words that English doesn't have as well.
_OTHER = _words(
    "el los las una del con por muy pero es que en para como más mas está esta este bien todo buen bueno "
    "buena producto lo se su un y la de "
    "não uma com muito é e os do da ao mais bom boa produto "
    "le les des et une est pas très je il elle avec pour dans sur ce cette mais qui du au aux sont c'est "
    "j'ai der das und ist nicht ich ein eine mit für sehr auf dem den von zu sie auch aber wie "
    "che di è sono molto questo questa gli della più per non ho "
    "het een van niet ik dat voor zijn maar ook heel met goed"
)


def is_foreign(text: str) -> bool:
    """Whether a text is in another language; short or undecided texts pass for English.

    Another language is one whose letters are mostly not Latin, or of whose common words four or more stand
    there, and more than of English.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_READ]).lower())
    letters = sum(map(len, words))
    latin = sum(len(word) for word in words if word[0] < "\u0250")
    # Chinese says much in a few letters; among Latin ones a few of another script are a name or a sign.
    if latin < 0.5 * letters and (letters >= 6 or not latin):
        return True
    different = set(words)
    other = len(different & _OTHER)
    return other >= _FEWEST and other > len(different & _ENGLISH)
