import unicodedata

import pytest

from pipeline.explanations.languages import is_foreign


@pytest.mark.parametrize(
    "text",
    [
        "El producto es muy bueno y llegó con la caja.",
        "Très bon produit, je suis content de la qualité et du prix.",
        "Das ist ein gutes Kabel und ich bin sehr zufrieden mit dem Preis.",
        "Il suono è molto bello e il prezzo non è alto.",
        "O som é muito bom e não tem ruído.",
        "Het is een goed product en ik ben er heel blij mee, maar niet voor lang.",
        "とても良い製品です。音がいい。",
        "Отличный звук, всем советую!",
        "质量很好",
        "यह बहुत अच्छा है",
        "الصوت رائع",
        unicodedata.normalize("NFD", "Très bon produit, je suis content de la qualité et du prix."),
    ],
)
def test_other_languages(text):
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "The sound is great and the strap is flimsy.",
        "Great strings. Nice tone. Works well!",
        "Los Angeles is where I bought it, de facto the best shop, la la la.",
        "My Les Paul: crème de la crème!",
        "¡Muy bueno!",
        "OK",
        "",
        "5/5 :) ★★★★★",
        "I ♥ Ω and π",
        "日本 strings are the best that I have ever played",
    ],
)
def test_english_short_and_undecided_texts_stay(text):
    assert not is_foreign(text)


def test_a_text_of_any_length_is_looked_at_in_its_beginning():
    assert is_foreign("el perro es muy bueno " * 50_000)
