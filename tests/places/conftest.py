"""Small files made on the spot, and loading them."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from places.services import load_builtin

type WriteFile = Callable[[str | bytes], Path]
type Load = Callable[..., str]


@pytest.fixture
def builtin(db: None) -> None:
    load_builtin()


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Write a file and give its path."""
    made = iter(range(1000))

    def write(content: str | bytes) -> Path:
        path = tmp_path / f"file{next(made)}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def load() -> Load:
    """Run ``load_places`` and give what it printed."""

    def run(**options: Path | bool | None) -> str:
        out = StringIO()
        call_command("load_places", stdout=out, **options)
        return out.getvalue()

    return run
