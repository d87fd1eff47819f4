"""How much memory the embedded PostgreSQL takes for pages."""

from pathlib import Path

import pytest

from tslsv.launch import memory

GIGABYTE = 1024**3


@pytest.mark.parametrize(
    ("machine", "limit", "buffers"),
    [
        (24 * GIGABYTE, "max", "1024MB"),
        (2 * GIGABYTE, "max", "512MB"),
        (2 * GIGABYTE, None, "512MB"),
        (24 * GIGABYTE, str(GIGABYTE), "256MB"),
        (2 * GIGABYTE, str(64 * GIGABYTE), "512MB"),
        (GIGABYTE // 4, "max", "128MB"),
    ],
)
def test_a_quarter_of_the_memory(
    machine: int, limit: str | None, buffers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "memory.max"
    if limit is not None:
        file.write_text(f"{limit}\n")
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine // 4096}
    monkeypatch.setattr(memory, "LIMIT", file)
    monkeypatch.setattr("os.sysconf", sizes.__getitem__)
    assert memory.shared_buffers() == buffers


def test_a_system_that_does_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(memory, "LIMIT", tmp_path / "nothing")
    monkeypatch.setattr("os.sysconf", refuse)
    assert memory.shared_buffers() == "128MB"
