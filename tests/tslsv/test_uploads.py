"""A file that is too large reaches neither memory nor disk; its form is answered in words."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

MOST = 100_000
BOUNDARY = "a-boundary"


class Body:
    """A multipart body with a file of so many bytes that are nowhere at once."""

    def __init__(self, size: int) -> None:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="alt"\r\n\r\nA hall\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="../x.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        tail = (
            f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="last"\r\n\r\nword\r\n'
            f"--{BOUNDARY}--\r\n"
        ).encode()
        self.length = len(head) + size + len(tail)
        self._parts = self._of(head, size, tail)
        self._rest = b""

    @staticmethod
    def _of(head: bytes, size: int, tail: bytes) -> Iterator[bytes]:
        yield head
        for start in range(0, size, 64_000):
            yield b"x" * min(64_000, size - start)
        yield tail

    def read(self, size: int = -1) -> bytes:
        while not self._rest:
            try:
                self._rest = next(self._parts)
            except StopIteration:
                return b""
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    readline = read  # a server's stream has it; nothing here asks for lines


def posted(size: int) -> HttpRequest:
    body = Body(size)
    environment: dict[str, Any] = {
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
        "CONTENT_LENGTH": str(body.length),
        "wsgi.input": body,
    }
    return RequestFactory().generic("POST", "/", **environment)


@pytest.fixture(autouse=True)
def _a_limit(settings: Settings) -> None:
    settings.FILE_MOST_BYTES = MOST


@pytest.mark.parametrize("size", [0, 1, MOST - 1, MOST])
def test_up_to_the_limit_a_file_is_whole(size: int) -> None:
    request = posted(size)
    (sent,) = request.FILES.getlist("photo")
    assert (sent.size, len(sent.read())) == (size, size)
    sent.close()


@pytest.mark.parametrize("size", [MOST + 1, 3_000_000, 50_000_000])
def test_of_a_larger_one_only_its_size_is_kept(
    size: int, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    written = []
    keep = TemporaryFileUploadHandler.receive_data_chunk

    def counted(self: TemporaryFileUploadHandler, data: bytes, start: int) -> None:
        written.append(len(data))
        keep(self, data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", counted)
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    request = posted(size)
    tracemalloc.start()
    (sent,) = request.FILES.getlist("photo")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sent.size, sent.read(), sent.name) == (size, b"", "x.jpg")
    assert sum(written) <= MOST
    assert peak < 4_000_000
    assert list(tmp_path.iterdir()) == []
    # What else was typed is not lost, before the file or behind it.
    assert (request.POST["alt"], request.POST["last"]) == ("A hall", "word")
