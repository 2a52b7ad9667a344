"""Which language a short query is in, and the words of each that say nothing of what is asked for."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from semsearch.text.compounds import default_compounds, shipped_words
from semsearch.text.normalise import normalise
from semsearch.text.patterns import LazyPattern

Language = Literal["da", "en", "mixed"]

_FUNCTION_DA = frozenset(
    """af aldrig alle allerede alt altså anden andet andre at bare begge blandt blev blive bliver både
    da de deg dem den denne der dere deres derfor derfra deri dermed des det dette dig din dine disse
    dit dog du efter efterhånden eg ej eller en end endnu ens er et fik for fordi forrige fra før først
    få får gennem gjorde gør ham han hans har havde have hen hende hendes her herfra herunder hos hun
    hvad hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor hvorledes hvornår hvorvidt i igen
    ikke imod ind inde inden ingen intet ja jeg jer jeres jo kan kom kun kunne lidt lige man mange med
    meget mellem men mens mere mest mig min mindre mine mit mod må måske ned nede nej nogen noget nogle
    nok nu nær når og også om omkring op oppe os over overfor pr på s samt sat selv siden sig sin sine
    sit skal skulle som så sådan tag til ud uden under var ved vedr vedrørende vel vi via vil ville vor
    vore vores være været""".split()
)
_FUNCTION_EN = frozenset(
    """a about above after again against ago all already also although altogether am an and another any
    anybody anyone anything are around as at be because been before being below beneath between beyond
    both but by can cannot could despite did do does doing don during each either else ever every
    everybody everyone everything everywhere except few for from further had has have having he her here
    hers herself him himself his how however i if in into is it its itself just many maybe me might more
    most much must my myself near neither never new no nobody nor not nothing now of off on once only or
    other others our ourselves out over own per perhaps rather same shall she should since so some
    somebody somehow someone something somewhere such than that the their them themselves then there these
    they this those though through thus to too toward towards under underneath unless until up upon us
    very via was we were what whatever when where whether which whichever while who whoever whom whose why
    will with within without would yes yet you your yourself yourselves""".split()
)
_ASKED_DA = frozenset(
    """afgjorde afgjort ang angående besked beslutte besluttede beslutter besluttes besluttet bestemme
    bestemt bestemte fandt find finde findes fortæl fortælle fremgår giv gået gælder handle handler
    kender omhandler sagde sagt siger ske sker sket skete skrevet stod står søg søger taler tænker ved
    vide vis vise""".split()
)
_ASKED_EN = frozenset(
    """concerning decide decided decides decision decisions determine determined find found give happen
    happened happens know look looking regard regarding said say says search show tell there told""".split()
)
STOPWORDS_DA = _FUNCTION_DA | _ASKED_DA
"""Danish words without content, and those a question is built of ("hvad blev besluttet om"); lower case."""
STOPWORDS_EN = _FUNCTION_EN | _ASKED_EN
"""English words without content, and those a question is built of ("what was decided about"); lower case."""

_LIGHT_DA = frozenset(
    """bedre behandle behandler behandlet bruge bruger brugt brugte del dårlig dårlige dårligt egen
    egentlig eget egne ekstra faktisk fandtes finder flere flytte flytter flyttet folk foregik foregår
    forlade forlader forlod forskellig forskellige forskelligt fortsat fortsætte fortsætter forvente
    forventer forventet første gamle gammel gammelt gav gik give giver givet god gode godt gå går hel hele
    helt hjalp hjælpe hjælper holde holder holdt holdte høj høje højt komme kommer kommet kort korte kræve
    kræver krævet lagt lang lange langt lave lavede laver lavet lille lokal lokale lokalt lægge lægger
    mene mener mente miste mistede mister modtage modtager modtaget modtog mulig mulige muligt måde måder
    nuværende ny nye nyeste nyt næste præcis præcist rammer ramt rigtig rigtige satte se sen senere ser
    set sidste sige slags slutte små spørge stadig stadigvæk starte startede starter stille stiller
    stillet stoppe stopper stor store stort stå særlig særlige særligt sætte sætter tage tager taget
    tidlig tilbage ting tog væk ændre ændres ændret""".split()
)
_LIGHT_EN = frozenset(
    """able actually allowed answer ask asked asks away back bad became become becomes began begin begins
    best better big bring brings brought came come comes coming continue continued continues current
    currently deal deals different done down drop drops early end ended ends enough exactly expect
    expected expects extra far fewer finding finds first full gave get gets getting gives giving go goes
    going gone good got handle handled held help helped helping helps hold holding holds include included
    includes instead keep keeping keeps kept kind large last late leave leaves leaving left less let lets
    letting little local long looked looks lose loses losing lost lot made main make makes making mean
    means move moved moves need needed needs next old part people perform performed possible provide
    provided provides put puts putting really receive received receives recent remain remains require
    required requires run running runs see seen sees set sets several short shown shows small sort special
    start started starts stay stayed stays step stepped steps still stop stopped stops take taken takes
    taking thing things think thought took top tried tries try turn turned turning turns use used uses
    using various want wanted wants way ways went whole year years""".split()
)
LIGHT: Mapping[Language, frozenset[str]] = {"da": _LIGHT_DA, "en": _LIGHT_EN, "mixed": _LIGHT_DA | _LIGHT_EN}
"""Verbs and adjectives that go with any topic, so that it matters little whether a passage has them."""

_BOTH = frozenset(
    """all an at bare by corona covid dan den do dog fat for from had ham have he her here him in is it lad
    man me men most no of on or over pr s same seminar so some tag taskforce to too under us via we
    webinar workshop""".split()
)
_SAYS_DA = (_FUNCTION_DA | _ASKED_DA) - _BOTH - {"find", "given"}
_SAYS_EN = (_FUNCTION_EN | _ASKED_EN) - _BOTH - {"find", "given", "i", "new"} | {"of", "in", "is", "from"}
# Bands of the shipped words: below the first one that looks English may be borrowed, from the second an
# English word is at home in Danish.
_RARE, _COMMON = 5, 7
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_LOOKS_DANISH = LazyPattern(
    r"[æøå]|aa|kk|hv|[bf]j|øj|[^aeiouy]else|gt|erne$|[a-z]{4}ede$|[a-z]{3}hed|skab|[^s]sk[et]?$|nde$|dst|[lnr]gs|ndl|ift$|ens$"
)
_LOOKS_ENGLISH = LazyPattern(
    r"th|w|ck|q|x|sh|ough|ee|oo|ea|ou|[^n]ing$|ly$|[a-z]{3}[^aeiou]y$|[a-z]{3}ed$|tions?$|ies$|ness$|'s$|c[aiouy]"
    r"|[a-z]{3}ss$|[a-z]{4}[^aeiou]s$"
)


@cache
def _english_words() -> tuple[frozenset[str], frozenset[str]]:
    """Give the words that say English, also where Danish borrows them, and those that say neither."""
    packed = (Path(__file__).parent / "data" / "english.gz").read_bytes()
    english, neither = zlib.decompress(packed, 31).decode().split("\n")
    return frozenset(english.split()), frozenset(neither.split())


def is_listed(word: str) -> bool:
    """Tell whether a lower-case word stands in the lists of Danish and English words, which hold few names.

    >>> is_listed("kommunen"), is_listed("meeting"), is_listed("jensen")
    (True, True, False)
    """
    return word in shipped_words() or any(word in listed for listed in _english_words())


def language(text: str, *, silent: Language = "da") -> Language:
    """Tell the language of a short query: "mixed" where words of both say something.

    A word with a capital is taken for a name: inside the text it says nothing, at its beginning little. What
    says nothing at all is `silent`: Danish, as the minutes are.

    >>> language("what was decided about kassetrækket"), language("hvad blev besluttet om taksterne")
    ('mixed', 'da')
    """
    seen: Counter[str] = Counter()
    for match in _WORD.finditer(text):
        if match.start() and match.group()[0].isupper() and not text.isupper():
            continue
        sign = _sign(normalise(match.group()))
        seen[sign + "?" if match.group()[0].isupper() and sign in ("da", "en") else sign] += 1
    return _decide(seen, silent)


@lru_cache(maxsize=16384)
def _sign(word: str) -> str:
    """Give what a word says: "da" or "en", with "!" where it builds sentences, "?" where it only looks so."""
    if word in _SAYS_DA or word in _SAYS_EN:
        return "" if word in _SAYS_DA and word in _SAYS_EN else "da!" if word in _SAYS_DA else "en!"
    english, neither = _english_words()
    if word in neither or word in _BOTH:
        return ""
    band = shipped_words().get(word, -1)
    if word in english:
        return "en" if band < 0 else "en?" if band < _COMMON else ""
    looks = bool(_LOOKS_DANISH.now.search(word)) - bool(_LOOKS_ENGLISH.now.search(word))
    if looks < 0 <= band < _RARE:
        return ""
    if band >= 0 or default_compounds().split(word) or re.search("[æøå]", word):
        return "da"
    return ("en?", "", "da?")[looks + 1]


def _decide(seen: Counter[str], silent: Language) -> Language:
    danish, english = seen["da!"] + seen["da"], seen["en!"] + seen["en"]
    if (seen["da!"] and english) or (seen["en!"] and danish) or (danish and danish == english):
        return "mixed"
    if danish == english:
        danish, english = seen["da?"], seen["en?"]
    return silent if danish == english else "en" if english > danish else "da"
