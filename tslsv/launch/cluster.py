"""One PostgreSQL cluster of our own: making, starting and stopping it.

A cluster's home folder holds
    data/               what PostgreSQL keeps; belongs to the account that runs it
    new-*/data/         a cluster still being made; whole clusters only are called data
    password            of the role tslsv, for whoever starts us
    access.conf         who may connect: that role, from this machine, with that password
    log, log.previous   PostgreSQL's messages, without the values of people's rows
    lock                held by the launcher that owns the cluster
"""

import locale
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tslsv.launch import children, lock, memory, secret
from tslsv.launch.account import Account
from tslsv.launch.errors import LaunchError
from tslsv.launch.interrupts import Interrupts

ROLE = DATABASE = "tslsv"
HOST = "127.0.0.1"

# The superuser postgres has no password and no line here: nobody can connect as it.
ACCESS = f"host all {ROLE} {HOST}/32 scram-sha-256\n"

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "50",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # our queries are short: compiling one takes longer than running it
    "max_parallel_workers_per_gather": "0",  # nor is starting other processes for them
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Neither failed statements nor the values in a violated constraint: they are personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For data that nobody will miss.
CARELESS_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}

# Going through the log after a crash can take long; an ordinary start takes a fifth of a second.
READY_SECONDS = 300
# How long a start may be refused for reasons that pass by themselves.
RETRY_SECONDS = 20
PASSING_REASONS = (
    "could not bind",  # another program was quicker to take the port
    "is still in use",  # the last sessions of a killed server are still leaving
)
# PostgreSQL's fast shutdown, which puts everything in order, and its immediate one.
FAST = (signal.SIGINT, 60.0)
IMMEDIATE = (signal.SIGQUIT, 15.0)


@dataclass
class Cluster:
    """A PostgreSQL that lives in `home`; see `running`."""

    home: Path
    binaries: Path
    account: Account | None = None
    careless: bool = False
    """Fast, and lost when the machine goes down: for tests and benchmarks."""

    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def lock_file(self) -> Path:
        return self.home / "lock"

    @property
    def url(self) -> str:
        """Of the running server; contains the password."""
        password = quote(secret.kept(self.home / "password"))
        return f"postgresql://{ROLE}:{password}@{HOST}:{self._postmaster().port}/{DATABASE}"

    @contextmanager
    def running(self, interrupts: Interrupts, *, label: str) -> Iterator[str]:
        """Owns the cluster inside the block, making it first if need be; yields its URL.

        Raises lock.Busy when another launcher owns it, LaunchError when it cannot be started and
        Stopped when the person changes their mind meanwhile.
        """
        with lock.held(self.lock_file, label=label):
            self._remove_unfinished()
            self.stop_orphan()
            if not self.data.is_dir():
                self._make()
            self._check_version()
            try:
                self._start(interrupts)
                yield self.url
            finally:
                self._stop(interrupts)

    def wait_until_ready(self, interrupts: Interrupts) -> str:
        """The URL of a cluster that another launcher owns and may still be starting."""
        deadline = time.monotonic() + READY_SECONDS
        while not (self._postmaster().ready and self._is_alive(self._postmaster().pid)):
            if lock.holder(self.lock_file) is None or time.monotonic() > deadline:
                raise LaunchError("The program that was starting the database has given up.")
            interrupts.pause()
        return self.url

    def stop_orphan(self) -> None:
        """Stops a server whose launcher was killed, and clears what a killed server left.

        PostgreSQL itself takes any living process with the id in postmaster.pid for its server,
        also one that got the id long after. Call this only while holding the lock.
        """
        orphan = children.Stranger(self._postmaster().pid, self._is_alive)
        children.end(orphan, gentle=self._gently, rough=IMMEDIATE)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    # --- making -----------------------------------------------------------------------------

    def _make(self) -> None:
        """initdb, our role and our database, all beside; the rename at the end makes it count."""
        password = secret.kept(self.home / "password")
        stage = Path(tempfile.mkdtemp(dir=self.home, prefix="new-"))
        if self.account:
            shutil.chown(stage, self.account.uid, self.account.gid)
        data = stage / "data"
        self._run_to_end(
            self.binaries / "initdb",
            f"--pgdata={data}",
            "--username=postgres",
            "--encoding=UTF8",
            # PostgreSQL's own sorting, the same on every system and after every upgrade of it.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={_utf8_ctype()}",
            "--auth=reject",
            "--no-instructions",
            *(["--no-sync"] if self.careless else []),
        )
        self._run_to_end(
            self.binaries / "postgres",
            "--single",
            "-j",  # statements end with an empty line
            *(["-F"] if self.careless else []),
            "-D",
            data,
            "-c",
            "exit_on_error=true",
            "postgres",
            statements=(
                f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\n\n"
                f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n\n"
            ),
        )
        data.rename(self.data)
        _sync(self.home)  # a rename lost in a power cut would make the data look unfinished
        stage.rmdir()

    def _run_to_end(self, *argv: str | Path, statements: str = "") -> None:
        """Runs one of PostgreSQL's programs; lasts less than a second, so Ctrl-C can wait."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
            given.write(statements.encode())
            given.seek(0)
            process = children.spawn(
                argv,
                env=ENVIRONMENT,
                account=self.account,
                cwd=Path("/"),
                given=given,
                output=output,
            )
            if process.wait() != 0:
                output.seek(0)
                raise LaunchError(
                    f"PostgreSQL could not make a new database in {self.home}: "
                    f"{_last_words(output.read())}"
                )

    def _remove_unfinished(self) -> None:
        for stage in self.home.glob("new-*"):
            shutil.rmtree(stage)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [self.binaries / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
        )
        need = answer.stdout.split()[-1].partition(".")[0]
        if have != need:
            raise LaunchError(
                f"The database in {self.data} is of PostgreSQL {have}, and the one installed is "
                f"PostgreSQL {need}: take its contents over with pg_dump of version {have}, or "
                "move the folder away to begin with an empty one."
            )

    # --- starting and stopping --------------------------------------------------------------

    def _start(self, interrupts: Interrupts) -> None:
        access = self.home / "access.conf"  # beside the data: PostgreSQL's account cannot change it
        access.write_text(ACCESS)
        access.chmod(0o644)
        log = self.home / "log"
        if log.exists():
            log.replace(log.with_suffix(".previous"))
        settings = {
            **SETTINGS,
            "shared_buffers": memory.shared_buffers(),
            **(CARELESS_SETTINGS if self.careless else {}),
            "hba_file": str(access),
        }
        deadline = time.monotonic() + RETRY_SECONDS
        while not self._try_to_start(settings, log, interrupts):
            words = log.read_bytes()
            passing = any(reason.encode() in words for reason in PASSING_REASONS)
            if not passing or time.monotonic() > deadline:
                raise LaunchError(f"PostgreSQL did not start: {_last_words(words)} (see {log})")
            interrupts.pause(0.2)

    def _try_to_start(self, settings: Mapping[str, str], log: Path, interrupts: Interrupts) -> bool:
        """Starts the server and waits until it answers; False when it ended instead."""
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            log.chmod(0o600)
            self.process = children.spawn(
                [self.binaries / "postgres", "-D", self.data, "-p", str(_free_port()), *options],
                env=ENVIRONMENT,
                account=self.account,
                cwd=Path("/"),
                last_signal=signal.SIGINT,
                output=output,
            )
        deadline = time.monotonic() + READY_SECONDS
        while self.process.poll() is None:
            postmaster = self._postmaster()
            if postmaster.pid == self.process.pid and postmaster.ready:
                interrupts.check()  # a quick server must not outrun somebody who said stop
                return True
            if time.monotonic() > deadline:
                raise LaunchError(f"PostgreSQL was not ready in {READY_SECONDS} s (see {log}).")
            interrupts.pause(0.01)
        return False

    def _stop(self, interrupts: Interrupts) -> None:
        if self.process is not None:
            children.end(
                self.process, gentle=self._gently, rough=IMMEDIATE, hurried=interrupts.hurried
            )

    @property
    def _gently(self) -> children.Step:
        return IMMEDIATE if self.careless else FAST

    def _postmaster(self) -> "Postmaster":
        """What postmaster.pid says."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            lines = []
        return Postmaster.from_lines(lines)

    def _is_alive(self, pid: int) -> bool:
        """Whether this process is a server of this cluster, and not one that got its id later."""
        command = _command_line(pid)
        return "postgres" in command and f" -D {self.data} " in command


@dataclass(frozen=True)
class Postmaster:
    """The lines of postmaster.pid that matter here; PostgreSQL writes them one after the other."""

    pid: int
    port: int
    ready: bool

    @classmethod
    def from_lines(cls, lines: list[str]) -> "Postmaster":
        return cls(
            pid=_number(lines[0:1]),
            port=_number(lines[3:4]),
            ready=[line.strip() for line in lines[7:8]] == ["ready"],
        )


def _number(lines: list[str]) -> int:
    """Of the one line, if it is there; 0 when it is missing or was torn by a power cut."""
    return next((int(line) for line in lines if line.strip().isdecimal()), 0)


# Nothing of the person's environment reaches the server, least of all PGOPTIONS or a locale.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _command_line(pid: int) -> str:
    """How a process was started; empty when there is none."""
    if pid <= 0:
        return ""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    answer = subprocess.run(  # no /proc on macOS
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return answer.stdout


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _utf8_ctype() -> str:
    """A locale of this system that tells letters from signs in UTF-8.

    Full-text search and pg_trgm ask it, whatever the locale provider. In the locale C every
    letter with an accent would split its word.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_GB.UTF-8", "en_US.UTF-8"):
            try:
                return locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"


def _last_words(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
