"""Starting programs and stopping them again, so that none is left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from tslsv.launch.account import Account
from tslsv.launch.folders import CHECKOUT
from tslsv.launch.interrupts import Interrupts

PR_SET_PDEATHSIG = 1

HURRIED_SECONDS = 1.0

# A signal, and how many seconds it is given to work.
type Step = tuple[signal.Signals, float]


class Stoppable(Protocol):
    """A child of ours (`Popen`), or another process known only by its id (`Stranger`)."""

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int, /) -> None: ...


class Stranger:
    """A process that somebody else started, as long as `is_it` recognises it."""

    def __init__(self, pid: int, is_it: Callable[[int], bool]) -> None:
        self.pid = pid
        self._is_it = is_it

    def poll(self) -> int | None:
        return None if self._is_it(self.pid) else 0

    def send_signal(self, sig: int, /) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sig)


def _tie_to_launcher(last_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask to be stopped when we die.

    Linux only, and forgotten on a change of user, so it runs after that. Elsewhere a server that
    outlives us is found and stopped by the next start.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    launcher = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != launcher:  # died in between: nobody is left to send the signal
            os._exit(1)

    return tie


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path = CHECKOUT,
    own_session: bool = True,
    last_signal: signal.Signals = signal.SIGTERM,
    given: IO[bytes] | None = None,
    output: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a program that ends with us.

    With `own_session` the terminal's Ctrl-C does not reach it, and it cannot read the terminal;
    we stop it ourselves, in our order.
    """
    return subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        stdin=given or (subprocess.DEVNULL if own_session else None),
        stdout=output,
        stderr=output,
        start_new_session=own_session,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_tie_to_launcher(last_signal),  # noqa: PLW1509 - the launcher has no threads
    )


def end(
    process: Stoppable,
    *,
    gentle: Step,
    rough: Step,
    hurried: Callable[[], bool] = lambda: False,
) -> None:
    """Asks gently, then roughly, each with its seconds of patience, then kills.

    Once `hurried`, the gentle wait is cut to a second.
    """
    for (sig, patience), in_a_hurry in (
        (gentle, hurried),
        (rough, lambda: False),
        ((signal.SIGKILL, 10.0), lambda: False),
    ):
        if process.poll() is not None:
            return
        process.send_signal(sig)
        began = time.monotonic()
        while process.poll() is None:
            if time.monotonic() - began > (HURRIED_SECONDS if in_a_hurry() else patience):
                break
            time.sleep(0.02)


def wait_in_foreground(process: subprocess.Popen[bytes], interrupts: Interrupts) -> int:
    """Waits for a program that shares our terminal; returns its exit code as a shell would.

    Ctrl-C reaches it from the terminal, so only what came to us alone is passed on.
    """
    while process.poll() is None:
        if interrupts.count and interrupts.last_signal != signal.SIGINT:
            end(process, gentle=(signal.SIGTERM, 10), rough=(signal.SIGTERM, 1))
        time.sleep(0.02)
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
