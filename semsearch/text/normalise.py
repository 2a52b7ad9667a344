"""One spelling for what is compared: characters, case, and names as they stand in ids."""

from __future__ import annotations

import re
import unicodedata

# Characters that typesetting varies and meaning does not; soft hyphen and zero-width marks vanish.
_UNIFY = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u00b4\u0060\u2032\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        "\u2026": "...",
    }
)
_SLUG = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def normalise(text: str) -> str:
    """Give `text` in the one spelling used for matching: NFC, plain spaces, quotes and dashes, lower case.

    The length may change, so offsets of the result say nothing about `text`. å, ø and æ are letters of
    their own and are kept.

    >>> normalise("Børne\\u2013\\u00a0og Unge\\u2019s")
    "børne- og unge's"
    """
    if text.isascii():
        return text.replace("`", "'").lower()
    return unicodedata.normalize("NFC", text).translate(_UNIFY).lower()


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: half a surrogate pair stands for a byte that was none.

    >>> is_unicode("takst"), is_unicode("\\udce5")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def slug(name: str) -> str:
    """Give `name` as it stands in ids and addresses: ASCII lower case, words joined by "-"; "" for none.

    >>> slug("Klima-, Teknik- og Miljøudvalget")
    'klima-teknik-og-miljoeudvalget'
    """
    folded = unicodedata.normalize("NFD", normalise(name).translate(_SLUG))
    return re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-")
