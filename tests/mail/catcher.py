"""A mail server on this machine that keeps what it accepts, and can be slow or unkind."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import cast

WAIT = 20.0
"""Seconds after which a stalled server goes on by itself."""


class Catcher(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP. All its counts and lists may be read from any thread.

    - ``accepted``: every mail that it said yes to;
    - ``stall()``: from now on it says nothing to DATA until ``go_on()``;
    - ``answers``: what to say to a command instead, such as ``{"RCPT": "451 Later"}``;
    - ``rude``: closes the line instead of saying goodbye.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.accepted: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.rude = False
        self.reached_data = threading.Semaphore(0)
        self._open = threading.Event()
        self._open.set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def stall(self) -> None:
        self._open.clear()

    def go_on(self) -> None:
        self._open.set()

    def wait_to_go_on(self) -> None:
        self.reached_data.release()
        self._open.wait(WAIT)


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server = cast("Catcher", self.server)
        try:
            self._say("220 catcher")
            while line := self.rfile.readline():
                verb = line.split(b" ")[0].strip().decode().upper()[:4]
                if verb in server.answers:
                    self._say(server.answers[verb])
                elif verb == "DATA":
                    server.wait_to_go_on()
                    self._say("354 go on")
                    if self._take():
                        self._say("250 kept")
                elif verb == "QUIT":
                    if not server.rude:
                        self._say("221 bye")
                    return
                else:
                    self._say("250 fine")
        except OSError:
            pass  # the other end is gone, perhaps killed

    def _take(self) -> bool:
        """Keep what comes up to the single full stop; not when the line breaks before."""
        lines: list[bytes] = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                content = b"".join(lines)
                message = email.message_from_bytes(content, policy=email.policy.default)
                cast("Catcher", self.server).accepted.append(message)
                return True
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return False

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def catching() -> Iterator[Catcher]:
    """A server for the block."""
    with Catcher() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.go_on()
            server.shutdown()
            thread.join(WAIT)
