"""Everything that knows the languages: spelling, sentences, words, stems, compounds."""

from semsearch.text.cases import case_key, find_case_numbers, normalise_case_number
from semsearch.text.normalise import normalise, slug
from semsearch.text.sentences import sentences
from semsearch.text.stems import stem, stem_english
from semsearch.text.words import Token, tokenise

__all__ = [
    "Token",
    "case_key",
    "find_case_numbers",
    "normalise",
    "normalise_case_number",
    "sentences",
    "slug",
    "stem",
    "stem_english",
    "tokenise",
]
