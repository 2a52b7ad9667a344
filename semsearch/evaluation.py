"""Judged queries + Searcher -> Report: how good every arm is, on which queries, and whether by chance.

A query is scored on the items an arm ranks, each item once, by its best passage. Reciprocal rank and success
take the best rank of any relevant item. nDCG and recall count each thing judged relevant once: where a case
is, its items fall together into one place of the ranking, that of the best of them (so do the items of
every other case), and the ideal ranking begins with as many places as things are judged relevant.

Queries that nothing answers take no part in those figures: they and the answerable ones together give the
abstention pair, always of what users get (the hybrid arm with its thresholds).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from semsearch.catalog import ItemRow
from semsearch.config import Weights
from semsearch.errors import UsageError
from semsearch.index import Index
from semsearch.judgments import Judged, Target, named, read_run, write_qrels, write_run, write_topics
from semsearch.metrics import mean, ndcg, paired_p, percentile, recall, reciprocal_rank, success
from semsearch.reranking import rerank
from semsearch.searcher import Searcher
from semsearch.text import case_key

DEPTH = 100
SHOWN = 10  # hits of a search as users see it, for latency
ARMS = ("lexical", "dense", "translated", "hybrid", "reranked")

Ranked = list[tuple[str, float]]  # (item id, score), best first


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over queries that the minutes answer."""

    queries: int
    ndcg_10: float
    mrr_10: float
    recall_10: float
    recall_100: float
    success_1: float


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of searching, and how it did: what it ranked for each query, figures for each group.

    Groups are "all", "lang=.." and "kind=..", in that order; a group without answerable queries is left out.
    """

    name: str
    ranked: dict[str, Ranked]  # query id -> items
    figures: dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean nDCG@10 of `first` less that of `second`, and how likely so much is by chance."""

    first: str
    second: str
    difference: float
    p: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Both ways to be wrong about whether the minutes hold an answer; the ids of the queries."""

    unanswerable: int
    answered: tuple[str, ...]  # unanswerable, and still given hits
    answerable: int
    refused: tuple[str, ...]  # answerable, and given none


@dataclass(frozen=True, slots=True)
class Report:
    """What an evaluation found; `absent`: answerable queries whose items are not indexed, which count 0."""

    judged: tuple[Judged, ...]
    relevant: dict[str, tuple[frozenset[str], ...]]  # query id -> item ids of each thing relevant
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    abstention: Abstention
    latency_p50_ms: float
    latency_p95_ms: float
    absent: tuple[str, ...]

    def arm(self, name: str) -> Arm:
        """Return an arm by its name."""
        return next(arm for arm in self.arms if arm.name == name)

    def best_rank(self, arm: Arm, query: str) -> int | None:
        """Return the best rank of a relevant item, from 1; None where none was found."""
        wanted = frozenset[str]().union(*self.relevant[query])
        return next(
            (rank for rank, (item, _) in enumerate(arm.ranked[query], start=1) if item in wanted), None
        )

    def json(self) -> dict[str, Any]:
        """Return the report as the JSON object that `eval --json` prints."""
        return {
            "schema": "semsearch/1",
            "judged": len(self.judged),
            "answerable": self.abstention.answerable,
            "unanswerable": self.abstention.unanswerable,
            "arms": {
                arm.name: {group: _rounded(figures) for group, figures in arm.figures.items()}
                for arm in self.arms
            },
            "comparisons": [_rounded(comparison) for comparison in self.comparisons],
            "abstention": asdict(self.abstention),
            "latency_ms": {"p50": round(self.latency_p50_ms, 2), "p95": round(self.latency_p95_ms, 2)},
            "absent": self.absent,
            "queries": [self._query_json(one) for one in self.judged if one.relevant],
        }

    def write_trec(self, folder: Path) -> None:
        """Write qrels, topics and a run of each arm, for trec_eval, ir_measures and their kin.

        A query that nothing answers is a topic without qrels: those tools would count it as a failure.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made: {error.strerror}", "name another folder") from None
        items = ((query, _names(sets)) for query, sets in self.relevant.items())
        write_qrels(folder / "qrels.txt", items)
        write_topics(folder / "topics.tsv", self.judged)
        for arm in self.arms:
            write_run(folder / f"{arm.name}.run", arm.name, arm.ranked.items())

    def _query_json(self, one: Judged) -> dict[str, Any]:
        ranks = {arm.name: self.best_rank(arm, one.id) for arm in self.arms}
        return {"id": one.id, "lang": one.lang, "kind": one.kind, "query": one.query, "best_rank": ranks}


def arm_weights(shipped: Weights) -> dict[str, Weights]:
    """Return the weights that make each arm of the one search path.

    lexical: the query's own stems and their compound parts; dense: the vectors alone; translated: lexical
    with the lexicon and the corpus's words nearest in meaning or spelling; hybrid: all of it, as shipped;
    reranked: its best items, with a second stage. The first three leave out what rests neither on words nor
    on vectors: dates, decisions, closed items.
    """
    plain = replace(
        shipped,
        decision=0.0,
        standing=0.0,
        closed=1.0,
        again=1.0,
        period=0.0,
        year=0.0,
        outcome=0.0,
        attachments=0.0,
        committee=0.0,
    )
    translated = replace(plain, lexical=1.0, lexical_known=1.0)
    return {
        "lexical": replace(
            translated, translation=0.0, literal=1.0, neighbour=0.0, least_cosine=2.0, typo=0.0
        ),
        "dense": replace(plain, lexical=0.0, lexical_known=0.0),
        "translated": translated,
        "hybrid": shipped,
        "reranked": shipped,
    }


def evaluate(
    searcher: Searcher,
    judged: Sequence[Judged],
    *,
    arms: Sequence[str] = (),
    against: Sequence[Path] = (),
) -> Report:
    """Run every judged query through every arm and score what comes back.

    The arms rank; none of them refuses. Only the abstention pair and the latency are of the search as users
    get it, 10 hits, warm.

    Args:
        searcher: of the index to search.
        judged: the queries and what answers them.
        arms: names of the arms to run, in that order; all where none is named.
        against: TREC runs of other systems, each one more arm, named by its tag.

    Raises:
        UsageError: no query is judged, nothing judged relevant is in this index, there is no such arm, or a
            run names itself like another arm or ranks nothing that is asked.
    """
    if not judged:
        raise UsageError("there are no judged queries", "see semsearch eval --help for the form of a file")
    items = _Items(searcher.index)
    relevant = {one.id: tuple(map(items.of, one.relevant)) for one in judged if one.relevant}
    absent = tuple(query for query, sets in relevant.items() if not any(sets))
    if relevant and len(absent) == len(relevant):
        raise UsageError(
            f"none of the items that the {len(relevant)} queries ask for is in the index",
            "name the index of the corpus they were judged on with --index",
        )
    theirs = _runs_of_files(items, judged, against, arms or ARMS)  # first: an arm takes a while
    runs = _runs(searcher, judged, arms) | theirs
    scored = {name: _scores(judged, relevant, run, items.cases) for name, run in runs.items()}
    abstention, times = _as_shipped(searcher, judged)
    return Report(
        judged=tuple(judged),
        relevant=relevant,
        arms=tuple(Arm(name, runs[name], _figures(judged, scores)) for name, scores in scored.items()),
        comparisons=_comparisons(scored),
        abstention=abstention,
        latency_p50_ms=percentile(times, 0.5),
        latency_p95_ms=percentile(times, 0.95),
        absent=absent,
    )


class _Items:
    """The items of an index, found by what judgments say of them."""

    def __init__(self, index: Index) -> None:
        self.cases: dict[str, str] = {}  # item id -> case key
        self._by_place: dict[tuple[Any, ...], set[str]] = {}
        self._by_case: dict[str, set[str]] = {}
        for item in index.catalog.items():
            self._add(item)

    def _add(self, item: ItemRow) -> None:
        case = case_key(item.case_number) if item.case_number else ""
        self.cases[item.id] = case
        if case:
            self._by_case.setdefault(case, set()).add(item.id)
        for committee in (None, item.meeting.slug):
            place = (item.meeting.date, item.number, committee)
            self._by_place.setdefault(place, set()).add(item.id)

    def of(self, target: Target) -> frozenset[str]:
        """Return the ids of the items a target means; none where the index does not hold them."""
        if target.item is not None:
            return frozenset({target.item} & set(self.cases))
        if target.case is not None:
            return frozenset(self._by_case.get(target.case, ()))
        place = (target.meeting_date, target.item_number, target.committee)
        return frozenset(self._by_place.get(place, ()))


def _runs(searcher: Searcher, judged: Sequence[Judged], arms: Sequence[str]) -> dict[str, dict[str, Ranked]]:
    """Return what each arm ranks for each answerable query."""
    unknown = sorted(set(arms) - set(ARMS))
    if unknown:
        raise UsageError(f"no arm {unknown[0]!r}", f"one of: {', '.join(ARMS)}")
    weights = arm_weights(searcher.weights)
    searchers = {name: Searcher(searcher.index, searcher.encoder, weights[name]) for name in arms or ARMS}
    return {
        name: {one.id: _ranked(arm, one.query, again=name == "reranked") for one in judged if one.relevant}
        for name, arm in searchers.items()
    }


def _ranked(searcher: Searcher, query: str, *, again: bool) -> Ranked:
    """Return the items that score above 0, each once, by its best hit; `again` with the second stage."""
    best: dict[str, float] = {}
    hits = searcher.search(query, k=DEPTH, abstain=False).hits
    for hit, score in rerank(searcher, query, hits) if again else [(hit, hit.score) for hit in hits]:
        if score > 0:
            best.setdefault(hit.id.partition("#")[0], score)
    return list(best.items())


def _runs_of_files(
    items: _Items, judged: Sequence[Judged], paths: Sequence[Path], taken: Sequence[str]
) -> dict[str, dict[str, Ranked]]:
    """Return the runs of other systems, by tags not yet taken."""
    found: dict[str, dict[str, Ranked]] = {}
    for path in paths:
        tag, run = read_run(path)
        if tag in taken or tag in found:
            raise UsageError(
                f"{path} names its run {tag!r}, as another arm is named",
                "write another name in its last column, or choose other arms with --arm",
            )
        found[tag] = {one.id: _ranked_by(items, run.get(one.id, ())) for one in judged if one.relevant}
        if found[tag] and not any(found[tag].values()):
            raise UsageError(
                f"{path} ranks no item of this index for any of the {len(found[tag])} answerable queries",
                "its queries and items must be named as in QRELS and in this index",
            )
    return found


def _ranked_by(items: _Items, names: Sequence[str]) -> Ranked:
    """Return the items that names stand for, each once; a case number stands for the items of the case."""
    best: dict[str, float] = {}
    for rank, name in enumerate(names, start=1):
        for item in sorted(items.of(named(name))):
            best.setdefault(item, 1 / rank)
    return list(best.items())


def _scores(
    judged: Sequence[Judged],
    relevant: Mapping[str, tuple[frozenset[str], ...]],
    run: Mapping[str, Ranked],
    cases: Mapping[str, str],
) -> dict[str, Figures]:
    """Return each answerable query's own figures."""
    scores = {}
    for one in judged:
        if one.relevant:
            items = [item for item, _ in run[one.id]]
            by_case = any(target.case for target in one.relevant)
            scores[one.id] = score(items, relevant[one.id], cases if by_case else {})
    return scores


def score(items: Sequence[str], relevant: Sequence[frozenset[str]], cases: Mapping[str, str]) -> Figures:
    """Return one query's figures: of the items as ranked, and of the things they collapse to.

    Args:
        items: ids, best first, each once.
        relevant: the items of each thing judged relevant; any of them will do.
        cases: item -> case; items of one case share a place. Items without one stand for themselves.

    >>> figures = score(["x/1", "x/2", "a/1", "a/2"], [frozenset({"a/1", "a/2"})], {"x/1": "x", "x/2": "x"})
    >>> round(figures.mrr_10, 3), round(figures.ndcg_10, 3)  # third item, second case
    (0.333, 0.631)
    """
    wanted = frozenset[str]().union(*relevant)
    gains = [float(item in wanted) for item in items]
    collapsed: dict[int | str, float] = {}
    for item, gain in zip(items, gains, strict=True):
        place = next((number for number, one in enumerate(relevant) if item in one), None)
        collapsed.setdefault(cases.get(item) or item if place is None else place, gain)
    things = list(collapsed.values())
    return Figures(
        queries=1,
        ndcg_10=ndcg(things, len(relevant), 10),
        mrr_10=reciprocal_rank(gains, 10),
        recall_10=recall(things, len(relevant), 10),
        recall_100=recall(things, len(relevant), 100),
        success_1=success(gains),
    )


def _figures(judged: Sequence[Judged], scores: Mapping[str, Figures]) -> dict[str, Figures]:
    """Return the means over all queries, those of each language, and those of each kind."""
    answerable = [one for one in judged if one.id in scores]
    groups = {"all": answerable}
    for name in ("lang", "kind"):
        for value in sorted({getattr(one, name) for one in answerable} - {""}):
            groups[f"{name}={value}"] = [one for one in answerable if getattr(one, name) == value]
    return {group: _mean([scores[one.id] for one in members]) for group, members in groups.items() if members}


def _mean(figures: Sequence[Figures]) -> Figures:
    columns = [name for name in Figures.__slots__ if name != "queries"]
    return Figures(len(figures), *(mean([getattr(one, name) for one in figures]) for name in columns))


def _comparisons(scored: Mapping[str, Mapping[str, Figures]]) -> tuple[Comparison, ...]:
    """Compare every two arms, query by query."""
    found = []
    for first, second in combinations(scored, 2):
        ours = [figures.ndcg_10 for figures in scored[first].values()]
        theirs = [figures.ndcg_10 for figures in scored[second].values()]
        if ours:
            found.append(Comparison(first, second, mean(ours) - mean(theirs), paired_p(ours, theirs)))
    return tuple(found)


def _as_shipped(searcher: Searcher, judged: Iterable[Judged]) -> tuple[Abstention, list[float]]:
    """Return which queries the search answers and refuses as users get it, and how long each took, in ms."""
    answered, refused, times, counts = list[str](), list[str](), list[float](), [0, 0]
    for one in judged:
        result = searcher.search(one.query, k=SHOWN)
        times.append(result.took_ms)
        counts[bool(one.relevant)] += 1
        if one.relevant and not result.hits:
            refused.append(one.id)
        elif result.hits and not one.relevant:
            answered.append(one.id)
    return Abstention(counts[False], tuple(answered), counts[True], tuple(refused)), times


def _names(sets: Sequence[frozenset[str]]) -> list[str]:
    """Return the ids of all relevant items; what is not indexed keeps a place, so that recall stays true."""
    absent = [f"not-indexed-{number}" for number, one in enumerate(sets, start=1) if not one]
    return sorted(frozenset[str]().union(*sets)) + absent


def _rounded(values: Figures | Comparison) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(values).items()
    }
