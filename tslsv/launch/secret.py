"""Secrets on disk, made once and readable by their owner only."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept(path: Path) -> str:
    """The secret in the file; made at random when there is no such file."""
    with suppress(FileNotFoundError):
        return path.read_text()
    # Written beside, then linked: a half-written file is never taken for a secret, and of two
    # processes at once both end up with the same one. mkstemp makes files with mode 0600.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
    return path.read_text()
