"""The table, on the screen and in ``results.md``."""

import os
import platform
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import django
from django.db import connection
from django.utils import timezone

RESULTS = Path(__file__).parent / "results.md"


@dataclass(slots=True)
class Report:
    """Lines of Markdown, said as they come; ``failed`` are the measures that did not hold."""

    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self.lines.append(line)

    def verdict(self, measure: str, *, holds: bool, numbers: str) -> None:
        self.say(f"- {'PASS' if holds else '**FAIL**'} {measure}: {numbers}")
        if not holds:
            self.failed.append(measure)

    def write(self, *, more: str = "") -> None:
        """Write what was said so far, and ``more`` under it: a long run that is stopped leaves what
        it has."""
        lines = [*self.lines, "", more] if more else self.lines
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def machine(datasette: str) -> list[str]:
    """What the numbers were measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    made_on = (
        f"{timezone.localdate():%-d %B %Y}. {_processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GB; {platform.system()} {platform.release()}. "
        f"Python {platform.python_version()}, Django {django.get_version()}, "
        f"PostgreSQL {postgres}, {_version(datasette)}. "
        f"Adding up a million numbers in a loop takes Python {_pace():.0f} ms here."
    )
    return [made_on, "", METHOD]


METHOD = (
    "Everything goes through HTTP on loopback over one open connection, one request at a "
    "time, and asks for gzip as browsers do; our site and the admin run in one gunicorn worker "
    "with one thread, Datasette in its own server on an immutable file with its time limits "
    "lifted and no facet suggestions. No answer comes from a cache of responses. The constant "
    "page is one search page sent as it is, through the same middleware; our search is all that a "
    "page does to search, from reading the parameters to its last statement, answered in a few "
    "bytes, and beside it the time that took inside the server. What a peer cannot say (synonyms, "
    "spelling, distance order; in the admin also several values, numbers and distance) is left "
    "out of its query, which makes it quicker. Each system runs the whole mix in a block, the "
    "blocks run in order and then in reverse; a search's time is its median, and p50 and p95 "
    "are over the searches. A peer has each search asked once a block, twice when it answers "
    "within a second, and begins none after five minutes: searches come from all over the mix, and "
    "the second block asks what the first had no time for. At sizes where that gets nowhere it is "
    "not asked."
)
"""How it was measured, for whoever reads the results."""


def _pace() -> float:
    """Milliseconds that a fixed piece of work takes: what they are worth on this machine."""
    spent = []
    for _ in range(15):
        start = time.perf_counter()
        total = 0
        for number in range(1_000_000):
            total += number
        spent.append(1000 * (time.perf_counter() - start))
    return median(spent)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(datasette: str) -> str:
    try:
        answer = subprocess.run(
            [datasette, "--version"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "Datasette not installed"
    return f"Datasette {answer.stdout.split()[-1]}"
