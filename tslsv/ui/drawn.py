"""HTML that was made once and is kept by a process, as drawing twenty cards takes longer than
finding them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

KEPT = 2_000
"""About 4 MB of drawn cards."""


class Drawn:
    """What was drawn lately, by a key that says everything it was drawn from. The oldest go
    first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, draw: Callable[[], str]) -> str:
        """What is kept under the key; drawn now if nothing is."""
        drawn = self._kept.get(key)
        if drawn is None:
            drawn = draw()
            with self._lock:
                self._kept[key] = drawn
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return drawn

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
