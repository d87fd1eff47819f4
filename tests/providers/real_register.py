"""Where the real register file is, for the tests that read it."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


def real_register() -> Path:
    """The Co-operatives UK file in ``TSLSV_DATA``; skips loudly without it, and fails under CI."""
    folder = Path(os.environ.get("TSLSV_DATA") or _ROOT.parent / "shared" / "data")
    path = folder / "organisations" / "coops_uk_2023_q2.csv"
    if not path.exists():
        missing = "SKIPPED WITHOUT THE REAL DATA: set TSLSV_DATA to the folder with organisations/"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path
