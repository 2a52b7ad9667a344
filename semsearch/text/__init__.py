"""Everything that knows the languages: spelling, sentences, words, stems, compounds."""

from semsearch.text.abbreviations import abbreviations
from semsearch.text.analysis import Analyser, Analysis, analyse, terms_of
from semsearch.text.bodies import bodies_called, bodies_in, bodies_like, is_one_body
from semsearch.text.cases import case_key, find_case_numbers, normalise_case_number
from semsearch.text.compounds import Compounds, split_compound
from semsearch.text.languages import LIGHT, STOPWORDS_DA, STOPWORDS_EN, Language, language
from semsearch.text.normalise import is_unicode, normalise, slug
from semsearch.text.sentences import sentences
from semsearch.text.spelling import spelt_like
from semsearch.text.stems import stem, stem_english
from semsearch.text.words import MONTHS, Token, distinct_words, tokenise

VERSION = "3"  # of what a text is analysed into: an index of another is built anew

__all__ = [
    "LIGHT",
    "MONTHS",
    "STOPWORDS_DA",
    "STOPWORDS_EN",
    "VERSION",
    "Analyser",
    "Analysis",
    "Compounds",
    "Language",
    "Token",
    "abbreviations",
    "analyse",
    "bodies_called",
    "bodies_in",
    "bodies_like",
    "case_key",
    "distinct_words",
    "find_case_numbers",
    "is_one_body",
    "is_unicode",
    "language",
    "normalise",
    "normalise_case_number",
    "sentences",
    "slug",
    "spelt_like",
    "split_compound",
    "stem",
    "stem_english",
    "terms_of",
    "tokenise",
]
