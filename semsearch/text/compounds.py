"""Compounds -> parts: "sygefraværsanalyser" -> syge, fravær, analyse.

A part must be a word: one of the shipped list (`data/README.md` says where it is from) or of the words the
caller knows, in any inflection as the last part and without one before it. Parts join directly or by -s- or
-e-, or with the last -e dropped before -s- (arbejde, arbejdsmarked). Of several splits the likeliest by word
counts wins. Derivations look the same ("vejledning", "kontrakterne"), hence the lists of prefixes, endings
and short words, and a known word is kept whole when a supposed part is far rarer than it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from semsearch.text.stems import stem

_GZIP = 31  # zlib's "wbits" for gzip, whose own module takes longer to import than the list to read
_MIN_LENGTH = 5
_MAX_LENGTH = 64
# Words that begin other words without being a part of them.
_PREFIXES = frozenset(
    """ad af alt an and anden andet andre aner anti at bag bare be bi blev bliver bort de dem den dens der
    det dets din dis dog du efter en end er et for fore forud fra frem ge gen gennem gik han hans har
    hen her hos hun hver hvor i igen ikke imod ind inde inden inter intra ja jeg jer jo kan kom kon kont
    kontra korr kun lod man med mel men mere min mis mod mon ned nede nej nu når og om op oppe os over
    par per pre pro på re rede sam sank sig sin skal som sub super så til tilbage trans ud ude uden
    udenom und under van var ved vel vi via vil vis vor""".split()
)
# Endings that happen to be words, or inflections of words, too.
_ENDINGS = frozenset(
    """age ager agere agerne aget agtig agtige agtigt aktig al ale alt anden ant ante art arten bar bare
    bart dens der des det dets dom domme dommen dommene ede eder ederne egenvinding els else elsen elser
    en end ende ene enes ens ent er ere eren erer eres eret ering eringen eringer erne ernes ers es et
    ette gene hans hed heden hedens heder hederne ige iget igt inge ingen inger ingerne ion ioner isk
    iske ist ister itet iteten iteter ivere iveret kede ker lede ledes lide lidt lig lige lighed
    ligheden ligheder ligt ling lings lisk lsen lser lserne løs løse løshed løst mene mer merne mæssig
    mæssige mæssigt ne nende ner ning ningen ninger ningerne pelse rede registre rende res rig rige ring
    ringen ringer sat satte sel sels ser ses sk skab skaber skabet skabets skabs ske sker som somme somt
    ste sten ster stre te ten ter tes tet teter tion tioner vende venlig venlige venligt vinding vis
    vist værdig værdige værdigt""".split()
)
_NOT_LAST = _PREFIXES | _ENDINGS | frozenset("en to tre fem seks syv otte ni ti".split())
# Words of two or three letters that may begin a compound, and those that may end one.
_SHORT_FIRST = frozenset(
    """bad bil bo bod bog bor bro bud bus by byg båd dag del dyb dyr dæk dør eje el eng fag far fly fod fri
    frø får fæl gas grå gud gul hal hav hel hud hul hus hår hæk høj ild is it job jul kaj kok kor kro
    kul kø køb kød køn lag lav leg let liv lov lyd lyn lys lån læ læg løb løn mad mer mor mur mus mål
    nat net nul ny nær nød ord ost park pas pc ren ret ris rod rum råd rød røg rør sag sal selv sex sko
    sky sne so sol sti stk sum syd syg syn sæd sæk sø søn tab tag tal tid to tog tom top tre tro træ tur
    tv tyk tøj tør uge uld ung ur vej ven våd væg å år års æg ø øje øl øre øst""".split()
)
_SHORT_LAST = frozenset(
    """bad bil bod bog bro bud bus by båd dag dal del dyr dør eng fag fly gas hal hav hus hår hæk job jul
    kaj kor kro køb kød lag liv lov lyd lys lån løb løn mad mur mål nat net nød ord plan ret rod rum råd
    røg rør sag sal sko sol spa sti sum sø tab tag tal tid tog top træ tur tøj uge vej ven væg å år ø
    øre""".split()
)
# Never split, though their halves are words.
_WHOLE = frozenset(
    """afskrive afskriver alkohol ansvarlig billede billet borgmester brutto deltage deltager direktør
    ejendom enkeltvis entreprise faldskærm formand format formænd fritage frivillig frivillige
    fællesskab general godkende godkendelse godkendt hjemtage indenrigs intensiv intensivere interesse
    kandidat kapital karakter klimat kommune kontakt konto kontor kontrol kultur kulturel kulturelle
    mandat maskine material medie minister motiv netto passager personale platform privat rentabel
    resultat sandsynlig sandsynlighed senat skærpe skærpelse soldat solid solide station stativ styrke
    søskende tilbud udenrigs varmegenvinding vejlede vejleder vejledning""".split()
)
_INFLECTIONS = (
    "e ede en ene enes ens er erende eres erne ernes ers es este et ets n ne nes r rne rnes s st t te ts"
).split()
_DEFINITE = ("en", "et", "erne", "ene", "ens", "ets")
_JOIN = 2.0
_RAREST = 14.0  # cost of a word of band 0, about -log of its probability; each band halves the probability
_PER_BAND = 0.69
_UNKNOWN_TO_LIST = 13.5
_RARER = 4
_MOST_CACHED = 500_000  # about 100 MB
_NOT_TRIED = (math.nan, "", "")


@cache
def shipped_words() -> dict[str, int]:
    """Give the shipped words, each with the power of two of its count; read once, in about 10 ms."""
    packed = (Path(__file__).parent / "data" / "danish.gz").read_bytes()
    words: dict[str, int] = {}
    for band, line in enumerate(zlib.decompress(packed, _GZIP).decode().split("\n")):
        words.update(dict.fromkeys(line.split(), band))
    return words


class Compounds:
    """A splitter of Danish compounds that knows the shipped words and those it is given.

    `known` are lower-case words of a corpus, best without those that occur once (misprints). The same
    `known` must be used for what is indexed and for what is asked.
    """

    def __init__(self, known: Collection[str] = ()) -> None:
        self._listed = shipped_words()
        self._known = frozenset(word for word in known if len(word) > 3 and word.isalpha())
        self._splits: dict[str, tuple[float, str, str] | None] = {}
        self._lasts: dict[str, float | None] = {}
        self._parts: dict[str, tuple[str, ...]] = {}

    def split(self, word: str) -> tuple[str, ...]:
        """Give the smallest parts of a lower-case word, without what joins them; () for no compound.

        >>> Compounds().split("borgerserviceområdet")
        ('borger', 'service', 'området')
        """
        if not _MIN_LENGTH <= len(word) <= _MAX_LENGTH or not word.isalpha():
            return ()
        leaves = self._leaves(word)
        return leaves if len(leaves) > 1 else ()

    def parts(self, word: str) -> tuple[str, ...]:
        """Give the stems of a word's parts, and of parts that are compounds themselves; () for no compound.

        >>> Compounds().parts("folkeskolereform")
        ('folkeskol', 'folk', 'skol', 'reform')
        """
        found = self._parts.get(word)
        if found is None:
            self._forget_if_full()
            parts = self._halves(word) if self.split(word) else ()
            found = self._parts[word] = tuple(dict.fromkeys(map(stem, parts)))
        return found

    def _forget_if_full(self) -> None:
        if len(self._splits) > _MOST_CACHED:
            self._splits.clear()
            self._lasts.clear()
            self._parts.clear()

    def _halves(self, word: str) -> Iterator[str]:
        """Yield the two parts of a word, theirs, and so on; each before its own."""
        best = self._best(word)
        for part in best[1:] if best else ():
            yield part
            yield from self._halves(part)

    def _leaves(self, word: str) -> tuple[str, ...]:
        best = self._best(word)
        return self._leaves(best[1]) + self._leaves(best[2]) if best else (word,)

    def _best(self, word: str) -> tuple[float, str, str] | None:
        """Give the likeliest split in two, as (cost, first part, last part)."""
        best = self._splits.get(word, _NOT_TRIED)
        if best is not _NOT_TRIED:
            return best
        best = None
        bases = _bases(word)
        if len(word) >= _MIN_LENGTH and word not in _WHOLE and _WHOLE.isdisjoint(bases):
            ceiling = self._ceiling(word, bases)
            for at in range(1, len(word) - 1):
                for cost, first in self._firsts(word[:at], word[at:], ceiling):
                    if (best is None or cost < best[0]) and first not in bases:
                        best = cost, first, word[at:]
        self._splits[word] = best
        return best

    def _firsts(self, left: str, last: str, ceiling: float) -> Iterator[tuple[float, str]]:
        """Yield what `left` may stand for before `last`, with the cost of the two together."""
        if _is_participle(left, last):
            return
        for first, link_cost in _unlinked(left):
            first_cost = self._first(first)
            if first_cost is not None and first_cost <= ceiling:
                last_cost = self._last(last)
                if last_cost is not None and last_cost <= ceiling:
                    yield first_cost + link_cost + last_cost + _JOIN, first

    def _ceiling(self, word: str, bases: list[str]) -> float:
        """Give the cost above which a part is too rare for so common a word."""
        listed = self._listed
        band = max(listed.get(form, -1) for form in [word, *(base for base in bases if len(base) > 4)])
        return _RAREST - _PER_BAND * (band - _RARER) if band > _RARER else math.inf

    def _cost(self, word: str) -> float | None:
        band = self._listed.get(word)
        if band is not None:
            return _RAREST - _PER_BAND * band
        return _UNKNOWN_TO_LIST if word in self._known else None

    def _first(self, word: str) -> float | None:
        """Give the cost of a word before others. It is one word: what follows may be a compound again."""
        cost = self._cost(word)
        if cost is None or (len(word) < 4 and word not in _SHORT_FIRST):
            return None
        if len(word) > 3 and (word in _PREFIXES or word in _ENDINGS or self._is_definite(word)):
            return None
        return cost

    def _is_definite(self, word: str) -> bool:
        """Whether it is rather a noun with its article, which begins no compound."""
        listed = self._listed
        band = listed.get(word, 0)
        bases = [word.removesuffix(ending) for ending in _DEFINITE if word.endswith(ending)]
        return any(
            max(listed.get(base, -1), listed.get(base + "e", -1)) >= band for base in bases if len(base) > 3
        )

    def _last(self, word: str) -> float | None:
        """Give the cost of a word in any inflection, or of a compound, after others."""
        cost = self._lasts.get(word, -1.0)
        if cost == -1.0:
            cost = self._lasts[word] = self._word_last(word) or self._split_last(word)
        return cost

    def _word_last(self, word: str) -> float | None:
        if word in _NOT_LAST or not (len(word) > 3 or word in _SHORT_LAST):
            return None
        cost = self._cost(word)
        if cost is not None:
            return cost
        for base in _bases(word):
            if (len(base) > 3 or base in _SHORT_LAST) and base not in _NOT_LAST:
                cost = self._cost(base)
                if cost is not None:
                    return cost + 1
        return None

    def _split_last(self, word: str) -> float | None:
        best = self._best(word) if len(word) > 5 and word not in _NOT_LAST else None
        return best[0] if best else None


def _unlinked(left: str) -> list[tuple[str, float]]:
    """Give the words the first part may be, with the cost of what joins it to the next."""
    found = [(left, 0.0)]
    if left[-1] == "s" and len(left) > 2:
        found.append((left[:-1], 0.3))
        if len(left) > 5:
            found.append((left[:-1] + "e", 0.5))
    if left[-1] == "e" and len(left) > 3:
        found.append((left[:-1], 1.5))
    return found


def _is_participle(left: str, last: str) -> bool:
    """Whether "detaljeret", "annonceret" only look like ending with "ret" (law)."""
    return last == "ret" and left[-1] in "er"


def _bases(word: str) -> list[str]:
    """Give what `word` may be an inflection of."""
    found = []
    for ending in _INFLECTIONS:
        base = word.removesuffix(ending)
        if base != word and len(base) > 1:
            found.append(base)
            if len(base) > 3 and base[-1] == base[-2]:
                found.append(base[:-1])
    return found


@cache
def default_compounds() -> Compounds:
    """Give the splitter that knows the shipped words only."""
    return Compounds()


def split_compound(word: str) -> tuple[str, ...]:
    """Give the stems of the smallest parts of a lower-case Danish word, by the shipped words; () for none.

    >>> split_compound("kassetrækket")
    ('kas', 'træk')
    """
    return tuple(map(stem, default_compounds().split(word)))
