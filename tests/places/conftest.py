"""The real files, small files made on the spot, and a memory that does not outlive a test."""

import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from places import lookup
from places.services import load_builtin

type WriteFile = Callable[[str | bytes], Path]
type Load = Callable[..., str]

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """What a test put into rolled-back tables must not be remembered by the next one."""
    lookup.forget()
    yield
    lookup.forget()


@pytest.fixture
def builtin(db: None) -> None:
    load_builtin()


@pytest.fixture(scope="session")
def places_data() -> Path:
    """The folder of real files of places. Absent: skip and say so, or fail with CI=true."""
    folder = Path(os.environ.get("TSLSV_DATA") or CHECKOUT.parent / "shared" / "data") / "places"
    if not (folder / "postcodes_leeds.csv").is_file():
        message = f"NOT TESTED: no real data at {folder} (set TSLSV_DATA)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


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
