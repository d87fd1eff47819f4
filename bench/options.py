"""What the environment asks for."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("agreement", "speed", "queries", "upkeep", "cluster", "board", "matching")


@dataclass(frozen=True, slots=True)
class Options:
    """``sizes`` in listings, ascending; ``only`` are the parts to run."""

    sizes: tuple[int, ...]
    only: tuple[str, ...]
    repetitions: int
    peer: str


def read(environ: Mapping[str, str] = os.environ) -> Options:
    """``SIZES=3000,20000``, ``FULL=1``, ``ONLY=agreement,speed``, ``REPETITIONS=5`` and

    ``DATASETTE``, the command that starts it. Raises ValueError for a part that is not known.
    """
    sizes = [int(size) for size in environ.get("SIZES", "3000,100000").split(",")]
    if environ.get("FULL") == "1":
        sizes.append(1_000_000)
    only = tuple(part for part in environ.get("ONLY", "").split(",") if part) or PARTS
    if unknown := set(only) - set(PARTS):
        raise ValueError(f"ONLY knows {', '.join(PARTS)}, and not {', '.join(unknown)}.")
    return Options(
        sizes=tuple(sorted(set(sizes))),
        only=only,
        repetitions=int(environ.get("REPETITIONS", "5")),
        peer=environ.get("DATASETTE", "datasette"),
    )
