"""Ctrl-C and its relatives, noted when they come and acted on where it is safe."""

import signal
import time
from types import FrameType

from tslsv.launch.errors import Stopped

# One key press can reach us twice: from the terminal, and passed on by make or by `timeout`.
SAME_REQUEST_SECONDS = 0.5


class Interrupts:
    """Counts requests to stop. Handlers raise nothing, so no step is ever torn in half."""

    def __init__(self) -> None:
        self.count = 0
        self.last_signal: int | None = None
        self._last_time = float("-inf")

    def listen(self) -> None:
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # ignored under nohup: stay so
            signal.signal(signal.SIGHUP, self._note)

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last_time > SAME_REQUEST_SECONDS:
            self.count += 1
        self._last_time = now
        self.last_signal = signum

    def hurried(self) -> bool:
        """Whether the person asked a second time."""
        return self.count > 1

    def check(self) -> None:
        """Raises Stopped once somebody has asked."""
        if self.count:
            raise Stopped

    def pause(self, seconds: float = 0.05) -> None:
        """Waits a moment inside a waiting loop, and leaves the loop when asked to stop."""
        self.check()
        time.sleep(seconds)
        self.check()
