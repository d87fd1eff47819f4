"""How much memory PostgreSQL may keep pages in."""

import os
from pathlib import Path

MEGABYTE = 1024**2
LEAST, MOST = 128, 1024
"""In megabytes. PostgreSQL's own default, and what a million listings are searched well in."""

# What a container may use, where it is limited: "max" where it is not.
LIMIT = Path("/sys/fs/cgroup/memory.max")


def shared_buffers() -> str:
    """The setting of that name: a quarter of the memory, as PostgreSQL's handbook has it."""
    quarter = _memory() // 4 // MEGABYTE
    return f"{min(max(quarter, LEAST), MOST)}MB"


def _memory() -> int:
    """Bytes of this machine, or of the container that we are in."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):  # a system that does not say
        whole = 0
    try:
        allowed = LIMIT.read_text().strip()
    except OSError:
        return whole
    return min(whole, int(allowed)) if allowed.isdecimal() else whole
