"""The seven measures of the search design, one after the other."""

from collections.abc import Mapping
from statistics import median

from django.core.management import call_command

from accounts.models import Organisation
from bench import agreement, board, data, matching, report, speed, startup, upkeep
from bench.options import Options
from bench.queries import Query, fitting_pages, mix
from providers import listing_index
from providers.search import PAGE_SIZE

MOST_STATEMENTS = 4
# Asks for corrections, or for what there would be without each filter.
ASIDE = ("typing slip", "nothing found")
SMALL, MIDDLE, LARGE = 3_000, 100_000, 1_000_000
BOARD = ("board", "matching")
"""The parts that ask nothing of the provider list."""
LARGEST = {speed.DATASETTE: MIDDLE, speed.ADMIN: SMALL}
"""The most listings that a peer is asked about."""


def run(options: Options) -> int:
    """Measure what was asked for; the exit code is 1 where a measure does not hold."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    told = report.Report()
    told.say("# Benchmarks")
    told.say()
    for line in report.machine(options.peer):
        told.say(line)
    times: dict[int, dict[str, speed.Times]] = {}
    # The board alone is said, and leaves the figures of the whole run as they are.
    kept = bool(set(options.only) - set(BOARD))
    for size in options.sizes if set(options.only) - {"cluster", *BOARD} else ():
        told.say()
        told.say(f"## {size:,} listings")
        told.say()
        times[size] = _one_size(size, options, told)
        if kept:
            told.write(more="Written while the run went on.")
    if "speed" in options.only:
        told.say()
        told.say("## Across sizes")
        told.say()
        _growth(times, told)
    if "cluster" in options.only:
        cold, warm = startup.seconds()
        told.say()
        told.say("## Embedded database")
        told.say()
        told.verdict(
            "7 cold start ≤ 3 s, warm ≤ 0.5 s",
            holds=cold <= 3 and warm <= 0.5,
            numbers=f"{cold:.2f} s and {warm:.2f} s",
        )
    if "board" in options.only:
        told.say()
        told.say("## The brokerage board")
        # It is looked at row by row for the truth, and asked for up to this size.
        sizes = [size for size in options.sizes if size <= MIDDLE]
        board.run(told, sizes, options.repetitions)
    if "matching" in options.only:
        told.say()
        told.say("## Matching")
        told.say()
        matching.run(told)
    if kept:
        told.write()
    return 1 if told.failed else 0


def _one_size(size: int, options: Options, told: report.Report) -> dict[str, speed.Times]:
    data.make(size)
    name = Organisation.objects.filter(listings__state="published").order_by("pk")[5].name
    queries = mix(name)
    totals = {query.name: query.asked().find(page=1).total for query in queries}
    queries = fitting_pages(queries, totals, PAGE_SIZE)
    if "agreement" in options.only:
        # Not kept: a site's process has no second copy of everything beside its work.
        _agreement(queries, agreement.BruteForce(size), told, at_random=size <= agreement.SMALL)
    if "queries" in options.only:
        needed = speed.most_statements(queries)
        counted = {name: count for name, count in needed.items() if name not in ASIDE}
        told.verdict(
            f"5 at most {MOST_STATEMENTS} statements a page",
            holds=max(counted.values()) <= MOST_STATEMENTS,
            numbers=f"{max(counted.values())}; {', '.join(f'{n} {needed[n]}' for n in ASIDE)}",
        )
    times: dict[str, speed.Times] = {}
    if "speed" in options.only:
        times = speed.measure(
            queries,
            repetitions=options.repetitions,
            datasette=options.peer if size <= LARGEST[speed.DATASETTE] else "",
            admin=size <= LARGEST[speed.ADMIN],
        )
        _table(size, times, queries, told)
        _ratios(size, times, told)
    if "upkeep" in options.only:
        _upkeep(size, queries, told)
    return times


def _agreement(
    queries: list[Query], brute: agreement.BruteForce, told: report.Report, *, at_random: bool
) -> None:
    wrong = agreement.check(queries, brute, told.say)
    told.verdict(
        "1 counts and pages equal brute force",
        holds=not wrong,
        numbers=f"{wrong} of {len(queries)} searches differ",
    )
    if at_random:
        problems = brute.differences_at_random()
        told.verdict(
            "1 also under filters made by hypothesis",
            holds=not problems,
            numbers=" ".join(problems) or f"{agreement.EXAMPLES} searches",
        )


def _table(
    size: int, times: Mapping[str, speed.Times], queries: list[Query], told: report.Report
) -> None:
    told.say()
    told.say("| system | p50 ms | p95 ms | p50 × ours | searches |")
    told.say("|---|---|---|---|---|")
    ours = times[speed.PAGE].p50
    for name, spent in times.items():
        told.say(
            f"| {name} | {spent.p50:.1f} | {spent.p95:.1f} | {spent.p50 / ours:.2f} "
            f"| {len(spent.by_query)} of {len(queries)} |"
        )
    for peer in speed.PEERS:
        if peer not in times:
            told.say(f"| {peer} | {_why_not(peer, size)} | | | |")
    told.say()
    for peer in speed.PEERS:
        if peer in times and len(times[peer].by_query) < len(queries):
            told.say(
                f"{peer} is too slow for the whole mix: what it answered in two blocks of "
                f"{speed.PEER_PATIENCE_SECONDS} s is compared with the same searches of ours."
            )
            told.say()


def _why_not(peer: str, size: int) -> str:
    """Why a peer has no times: with more listings a search takes it minutes, and the mix hours."""
    largest = LARGEST[peer]
    if size > largest:
        return f"not asked about more than {largest:,} listings"
    return "not installed, or no search answered in time"


def _ratios(size: int, times: Mapping[str, speed.Times], told: report.Report) -> None:
    page = times[speed.PAGE].p50
    search, inside = times[speed.SEARCH].p50, times[speed.INSIDE].p50
    constant = times[speed.CONSTANT].p50
    told.verdict(
        "3 page p50 ≤ 2 × its own search",
        holds=page <= 2 * search,
        numbers=f"{page / search:.2f} × ({page / inside:.2f} × what it takes inside the server)",
    )
    if size <= MIDDLE:
        told.verdict(
            "3 page p50 ≤ 15 × a constant page",
            holds=page <= 15 * constant,
            numbers=f"{page / constant:.2f} ×",
        )
    else:
        told.say(f"- 3 page p50 against a constant page, not judged here: {page / constant:.2f} ×")
    for peer, wanted in ((speed.DATASETTE, {SMALL: 10, MIDDLE: 50}), (speed.ADMIN, {SMALL: 10})):
        if peer in times and size in wanted:
            # Only of the searches that the peer got through.
            both = times[peer].by_query
            ratio = median(both.values()) / median(times[speed.PAGE].by_query[q] for q in both)
            told.verdict(
                f"4 ≥ {wanted[size]} × faster than {peer}",
                holds=ratio >= wanted[size],
                numbers=f"{ratio:.1f} ×",
            )


def _growth(times: Mapping[int, Mapping[str, speed.Times]], told: report.Report) -> None:
    for size, most in ((MIDDLE, 3), (LARGE, 15)):
        if size in times and SMALL in times:
            for system in (speed.PAGE, speed.COLD):
                ratio = times[size][system].p95 / times[SMALL][system].p95
                told.verdict(
                    f"2 {system}: p95 at {size:,} ≤ {most} × p95 at {SMALL:,}",
                    holds=ratio <= most,
                    numbers=f"{ratio:.2f} ×",
                )


def _upkeep(size: int, queries: list[Query], told: report.Report) -> None:
    small, large = upkeep.one_save()
    told.verdict(
        "6 upkeep of one save ≤ 2 ms p95",
        holds=small.p95 <= 2,
        numbers=f"{small}; many values changed: {large}",
    )
    failures = upkeep.many_writers()
    differences = listing_index.differences() if size <= MIDDLE else []
    wrong = agreement.check(
        [query for query in queries if query.page == 1],
        agreement.BruteForce(size),
        told.say,
    )
    told.verdict(
        f"6 {upkeep.WRITERS} writers at once lose no bit",
        holds=not failures and not wrong and not differences,
        numbers="; ".join([f"{wrong} searches differ from brute force", *failures, *differences]),
    )
