"""The command line: parse input, call one function, print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from semsearch.config import MAX_K, MAX_QUERY_CHARS, Settings, index_dir
from semsearch.errors import SemsearchError, UsageError

if TYPE_CHECKING:
    from semsearch.evaluation import Report
    from semsearch.library import OpenIndex
    from semsearch.records import Answer
    from semsearch.reindex import Report as IndexReport

app = typer.Typer(
    name="semsearch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Ask the minutes: search and answers over municipal minutes, offline, in Danish and English.",
    epilog="Exit codes: 0 results · 1 none · 2 usage · 3 no index · 4 model missing · 5 locked"
    " · 6 documents skipped · 7 index damaged · 130 interrupted",
)

IndexOption = Annotated[
    Path | None,
    typer.Option("--index", metavar="DIR", help="Index folder [$SEMSEARCH_INDEX, else indexes/minutes]."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME|DIR", help="A sentence-transformers model other than the shipped one."
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", metavar="", help="One JSON object on stdout, errors as JSON on stderr.")
]
KOption = Annotated[int, typer.Option("-k", metavar="N", help="How many hits at most.")]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="Meetings on or after this date.")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DATE", help="Meetings on or before this date.")
]
CommitteeOption = Annotated[
    str | None, typer.Option("--committee", metavar="NAME", help="Meetings of this body.")
]
CaseOption = Annotated[str | None, typer.Option("--case", metavar="NUMBER", help="Items of this case.")]
SectionOption = Annotated[
    str | None, typer.Option("--section", metavar="KIND", help="Passages of this section.")
]
OutcomeOption = Annotated[
    str | None, typer.Option("--outcome", metavar="KIND", help="Items with this outcome.")
]


@dataclass(slots=True)
class Global:
    """Options that stand before the command."""

    index: Path | None = None
    model: str | None = None
    json: bool = False


STATE = Global()


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"semsearch {version('semsearch')}")
        raise typer.Exit


@app.callback()
def options(
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Options for all commands; they may stand before or after the command."""
    STATE.index, STATE.model, STATE.json = index, model, as_json


@app.command()
def index(
    corpus: Annotated[Path, typer.Argument(metavar="CORPUS", help="Folder of minutes.")] = Path("corpus"),
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", metavar="", help="Read and encode everything anew.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Say what would be done; change nothing.")
    ] = False,
    include_closed: Annotated[
        bool,
        typer.Option(
            "--include-closed", metavar="", help="Index the text of closed items, too; for a separate index."
        ),
    ] = False,
    allow_mass_delete: Annotated[
        bool,
        typer.Option(
            "--allow-mass-delete", metavar="", help="Go on when over a fifth of the documents is gone."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", metavar="", help="Print nothing but errors.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.json", help="Write there what was done, or what failed."),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", metavar="", help="Go on, and index what changes; Ctrl-C ends it.")
    ] = False,
) -> None:
    """Build or update the index of a folder of minutes; costs only what has changed."""
    from semsearch import job
    from semsearch.reindex import build_index
    from semsearch.terminal import progress_bar, show_report

    _globals(index, model, as_json)
    folder = index_dir(STATE.index)
    settings = Settings(model=STATE.model, include_closed=include_closed)

    def build() -> IndexReport:
        with progress_bar(quiet=quiet or STATE.json) as progress:
            return build_index(
                corpus,
                folder,
                settings=settings,
                rebuild=rebuild,
                dry_run=dry_run,
                allow_mass_delete=allow_mass_delete,
                progress=progress,
            )

    def once() -> int:
        done = job.run(build, report)
        if STATE.json:
            _print_json(done.json())
        else:
            show_report(done, folder, dry_run=dry_run, quiet=quiet)
        return job.exit_code(done)

    if not watch:
        raise typer.Exit(once())
    for _ in job.changes(corpus, folder):
        try:
            once()
        except SemsearchError as error:  # tonight's trouble may be gone with the next change
            _report(error)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words, a question, or a case number.")],
    k: KOption = 10,
    first: FromOption = None,
    last: ToOption = None,
    committee: CommitteeOption = None,
    case: CaseOption = None,
    section: SectionOption = None,
    outcome: OutcomeOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", metavar="", help="Show how each score came about.")
    ] = False,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the passages that match a query, best first."""
    _globals(index, model, as_json)
    _check_query(query, k)
    opened = _open()
    filters = opened.filters(
        first=first, last=last, committee=committee, case=case, section=section, outcome=outcome
    )
    result = opened.explain(query, k=k, filters=filters)
    if STATE.json:
        from semsearch.views import search_json

        _print_json(search_json(result, opened.index, filters))
    else:
        from semsearch.terminal import show_hits

        show_hits(result, opened.index, explain=explain)
    raise typer.Exit(0 if result.hits else 1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in Danish or English.")],
    k: KOption = 10,
    first: FromOption = None,
    last: ToOption = None,
    committee: CommitteeOption = None,
    case: CaseOption = None,
    section: SectionOption = None,
    outcome: OutcomeOption = None,
    llm: Annotated[
        str | None,
        typer.Option("--llm", metavar="URL", help="Let the model at this address word the answer."),
    ] = None,
    llm_model: Annotated[
        str | None, typer.Option("--llm-model", metavar="NAME", help="The server's name for that model.")
    ] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question in the minutes' own words, each with where it stands."""
    from semsearch import answers
    from semsearch.terminal import show_answer
    from semsearch.views import ask_json

    _globals(index, model, as_json)
    _check_query(question, k)
    _check_llm(llm, llm_model)
    opened = _open()
    filters = opened.filters(
        first=first, last=last, committee=committee, case=case, section=section, outcome=outcome
    )
    answer, result = answers.ask(opened.searcher, question, filters=filters, k=k)
    if answer and llm and llm_model:
        answer = _worded(answer, question, llm, llm_model)
    _show(
        lambda: ask_json(answer, result, opened.index, filters),
        lambda: show_answer(answer, result, opened.index),
    )
    raise typer.Exit(0 if answer else 1)


@app.command()
def case(
    number: Annotated[str, typer.Argument(help="A case number, as the minutes print it.")],
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a case's way through the meetings, oldest first, and which decision stands."""
    from semsearch.terminal import show_case
    from semsearch.views import case_json

    _globals(index, model, as_json)
    treatments = _open().case(number)
    _show(lambda: case_json(treatments), lambda: show_case(treatments))


@app.command()
def meeting(
    which: Annotated[str, typer.Argument(metavar="DATE|ID", help="A date, or a meeting's id.")],
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one meeting's agenda with the outcome of each item."""
    from semsearch.terminal import show_meeting
    from semsearch.views import meeting_json

    _globals(index, model, as_json)
    row, items = _open().meeting(which)
    _show(lambda: meeting_json(row, items), lambda: show_meeting(row, items))


@app.command()
def decisions(
    first: FromOption = None,
    last: ToOption = None,
    committee: CommitteeOption = None,
    case: CaseOption = None,
    outcome: OutcomeOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """List decisions, newest first."""
    from semsearch.terminal import show_decisions
    from semsearch.views import decisions_json

    _globals(index, model, as_json)
    opened = _open()
    filters = opened.filters(first=first, last=last, committee=committee, case=case, outcome=outcome)
    found = opened.decisions(filters)
    _show(lambda: decisions_json(found, opened.index), lambda: show_decisions(found))
    raise typer.Exit(0 if found else 1)


@app.command()
def similar(
    item: Annotated[str, typer.Argument(metavar="ID", help="An item's id, as search --json shows it.")],
    k: KOption = 10,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find items of other cases that are like an item."""
    from semsearch.terminal import show_similar
    from semsearch.views import similar_json

    _globals(index, model, as_json)
    _check_k(k)
    opened = _open()
    hits = opened.similar(item, k=k)
    row = opened.item(item)
    _show(lambda: similar_json(row, hits, opened.index), lambda: show_similar(row, hits))
    raise typer.Exit(0 if hits else 1)


@app.command()
def since(
    day: Annotated[
        str, typer.Argument(metavar="DATE", help="A day: what came into the index on it or later.")
    ],
    query: Annotated[
        list[str] | None,
        typer.Option("--query", metavar="Q", help="Only what matches this query; may be repeated."),
    ] = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="Saved queries, one a line.")
    ] = None,
    rss: Annotated[Path | None, typer.Option("--rss", metavar="FILE", help="Write an RSS feed, too.")] = None,
    committee: CommitteeOption = None,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is new or changed in the index since a day; for alerts from cron."""
    from semsearch.news import read_queries
    from semsearch.terminal import show_news
    from semsearch.views import news_json

    _globals(index, model, as_json)
    wanted = [*(query or []), *(read_queries(queries) if queries else [])]
    for one in wanted:
        _check_query(one, 1)
    opened = _open()
    found = opened.since(day, queries=wanted, filters=opened.filters(committee=committee))
    if rss is not None:
        from semsearch.feed import write_rss

        write_rss(rss, found, title=f"Minutes: new since {day}")
    _show(lambda: news_json(day, found, opened.index), lambda: show_news(day, found))
    raise typer.Exit(0 if found else 1)


@app.command("eval")
def evaluate(
    qrels: Annotated[Path, typer.Argument(metavar="QRELS", help="Judged queries, JSONL or TREC qrels.")],
    topics: Annotated[
        Path | None, typer.Option("--topics", metavar="FILE", help="Queries of TREC qrels: id, tab, text.")
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", metavar="NAME", help="Queries of this split.")
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option(
            "--arm",
            metavar="NAME",
            help="Only this arm (lexical, dense, translated, hybrid, reranked); may be repeated.",
        ),
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option("--against", metavar="FILE", help="A TREC run of another system.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="DIR", help="Write TREC qrels, topics and runs there.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the arms, kind by kind.")
    ] = None,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how good every arm of the search is on judged queries."""
    from semsearch import evaluation, judgments
    from semsearch.library import open_index

    _globals(index, model, as_json)
    judged = judgments.read_judged(qrels, topics=topics, split=split)
    searcher = open_index(index_dir(STATE.index), model=STATE.model).searcher
    report = evaluation.evaluate(searcher, judged, arms=arm or (), against=against or ())
    _show_evaluation(report)
    if run is not None:
        report.write_trec(run)
    if plot is not None:
        from semsearch.chart import draw

        draw(report, plot)


@app.command()
def check(
    sample: Annotated[
        bool, typer.Option("--sample", metavar="", help="Only a tenth of the bytes, drawn by chance.")
    ] = False,
    quotes: Annotated[
        bool,
        typer.Option("--quotes", metavar="", help="Also where every item and passage stands in its text."),
    ] = False,
    index: IndexOption = None,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify that every byte of the index is what was written; exit code 7 names what is not."""
    from semsearch.checking import check as verify
    from semsearch.terminal import show_check

    _globals(index, model, as_json)
    found = verify(index_dir(STATE.index), sample=sample, quotes=quotes)
    if STATE.json:
        _print_json(found.json())
    else:
        show_check(found)


@app.command()
def status(index: IndexOption = None, model: ModelOption = None, as_json: JsonOption = False) -> None:
    """Show what is indexed: meetings, items, dates, model, generation."""
    from semsearch.status import status_of
    from semsearch.terminal import show_status

    _globals(index, model, as_json)
    found = status_of(index_dir(STATE.index))
    if STATE.json:
        _print_json(found)
    else:
        show_status(found)


def _globals(index: Path | None, model: str | None, as_json: bool) -> None:
    """Take options that stand after the command over those before it."""
    STATE.index = index or STATE.index
    STATE.model = model or STATE.model
    STATE.json = as_json or STATE.json


def _show(view: Callable[[], dict[str, Any]], show: Callable[[], None]) -> None:
    """Print a result as JSON, or as people read it."""
    if STATE.json:
        _print_json(view())
    else:
        show()


def _show_evaluation(report: Report) -> None:
    if STATE.json:
        _print_json(report.json())
        return
    from semsearch.evaluation_view import show_evaluation
    from semsearch.terminal import console

    show_evaluation(report, console())


def _check_llm(url: str | None, name: str | None) -> None:
    if (url is None) != (name is None):
        raise UsageError(
            "--llm and --llm-model go together", "--llm http://localhost:11434/v1 --llm-model NAME"
        )


def _worded(answer: Answer, question: str, url: str, name: str) -> Answer:
    """Return the answer as a language model words it, or as it is with a warning."""
    from semsearch.llm import rewrite
    from semsearch.terminal import warn

    worded, fault = rewrite(answer, question, url=url, model=name)
    if fault:
        warn(fault)
    return worded


def _check_query(query: str, k: int) -> None:
    if not query.strip():
        raise UsageError(
            "the query is empty", "type what you look for, for example: semsearch search solgården takster"
        )
    if len(query) > MAX_QUERY_CHARS:
        raise UsageError(
            f"the query has {len(query)} characters", f"at most {MAX_QUERY_CHARS}; a few words find more"
        )
    _check_k(k)


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise UsageError(f"-k {k} is out of range", f"from 1 to {MAX_K}")


def _open() -> OpenIndex:
    """Open the index; with none at the usual place but a corpus at hand, build it first and say so."""
    from semsearch.library import open_index
    from semsearch.store import exists

    folder = index_dir(STATE.index)
    usual = STATE.index is None and "SEMSEARCH_INDEX" not in os.environ
    if usual and not exists(folder) and Path("corpus").is_dir():
        from semsearch.reindex import build_index
        from semsearch.terminal import progress_bar

        print(f"no index yet: building {folder} from corpus/", file=sys.stderr)
        with progress_bar(quiet=False) as progress:
            build_index("corpus", folder, settings=Settings(model=STATE.model), progress=progress)
    return open_index(folder, model=STATE.model, hold=False)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=None) + "\n")


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; every error becomes one clear message."""
    from typer.exceptions import TyperException

    STATE.index = STATE.model = None
    STATE.json = False
    try:
        code = int(app(arguments, standalone_mode=False) or 0)
    except SemsearchError as error:
        _report(error)
        return error.exit_code
    except TyperException as error:
        STATE.json = STATE.json or "--json" in (arguments or sys.argv)
        usage = UsageError(str(error), "semsearch --help shows how")
        _report(usage)
        return usage.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        failed = SemsearchError(f"cannot use {error.filename or 'the output'}: {error.strerror or error}")
        _report(failed)
        return failed.exit_code
    if code == 130:
        print("interrupted; the index is as it was", file=sys.stderr)
    return code


def _report(error: SemsearchError) -> None:
    if STATE.json:
        from semsearch.views import error_json

        print(json.dumps(error_json(error), ensure_ascii=False), file=sys.stderr)
        return
    print(f"semsearch: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)
