"""What tests of the engine share: chunks small enough that a small town needs several."""

import pytest

from tslsv.search import bits, check, counting, models, paging, rebuild, upkeep


def use_small_chunks(patch: pytest.MonkeyPatch, size: int = 32) -> None:
    """Let a bitmap row hold ``size`` documents instead of 31,744."""
    for module in (bits, check, counting, models, rebuild, upkeep):
        patch.setattr(module, "CHUNK_BITS", size)
    for module in (bits, rebuild):
        patch.setattr(module, "CHUNK_BYTES", size // 8)


def walk_always(patch: pytest.MonkeyPatch) -> None:
    """Read pages as for large answers: along an ordering index, asking the bitmap row by row."""
    patch.setattr(paging, "walking_pays", lambda tally, wanted: True)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_chunks(monkeypatch)


@pytest.fixture
def always_walking(monkeypatch: pytest.MonkeyPatch) -> None:
    walk_always(monkeypatch)
