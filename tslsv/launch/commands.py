"""What each subcommand does, from top to bottom."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tslsv.launch import children, environment, folders, lock, scratch, sign_ins, web
from tslsv.launch.cluster import Cluster
from tslsv.launch.errors import LaunchError
from tslsv.launch.interrupts import Interrupts

HEALTHY_SECONDS = 60
MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Database:
    """A database to work on, and its server when we started it."""

    url: str
    server: subprocess.Popen[bytes] | None = None


@dataclass(frozen=True)
class Service:
    """A program that runs as long as we do."""

    name: str
    argv: Sequence[str]
    gentle: children.Step = (signal.SIGTERM, 15.0)
    own_session: bool = True


def run(_arguments: Sequence[str], interrupts: Interrupts) -> int:
    """serve the site on http://localhost:8000 (PORT) from data in .data (DATA_DIR)"""
    return _serve(interrupts, debug=False)


def dev(_arguments: Sequence[str], interrupts: Interrupts) -> int:
    """the same with Django's own server, which reloads itself and shows errors in full"""
    return _serve(interrupts, debug=True)


def test(arguments: Sequence[str], interrupts: Interrupts) -> int:
    """run pytest with a database of its own"""
    return _beside_scratch([sys.executable, "-m", "pytest", *arguments], interrupts)


def bench(arguments: Sequence[str], interrupts: Interrupts) -> int:
    """run the benchmarks with a database of their own"""
    return _beside_scratch([sys.executable, "-m", "bench", *arguments], interrupts)


def manage(arguments: Sequence[str], interrupts: Interrupts) -> int:
    """run manage.py on the site's data, also while the site is being served"""
    with _site_database(interrupts, label="make manage", share=True) as site:
        env = environment.for_django(folders.data_dir(os.environ), site.url)
        return _in_foreground([*MANAGE, *arguments], env, interrupts)


def database(_arguments: Sequence[str], interrupts: Interrupts) -> int:
    """start the site's database only, and print its URL"""
    with _site_database(interrupts, label="make database") as site:
        print(f"DATABASE_URL={site.url}\nCtrl-C stops it.", flush=True)
        while True:
            interrupts.pause()


def scratch_command(arguments: Sequence[str], interrupts: Interrupts) -> int:
    """run any command with DATABASE_URL set to a new database, gone afterwards"""
    if not arguments:
        raise LaunchError("scratch needs a command, as in: scratch -- env")
    with _scratch_database(interrupts) as url:
        return _in_foreground(arguments, {**os.environ, "DATABASE_URL": url}, interrupts)


COMMANDS = {
    "run": run,
    "dev": dev,
    "test": test,
    "bench": bench,
    "manage": manage,
    "database": database,
    "scratch": scratch_command,
}


# --- databases --------------------------------------------------------------------------------


@contextmanager
def _site_database(
    interrupts: Interrupts, *, label: str, share: bool = False
) -> Iterator[Database]:
    """The site's database: the one in DATABASE_URL, or ours, started for the block.

    With `share` it joins the server of a `make run` that is going on; without, that is refused.
    """
    if url := os.environ.get("DATABASE_URL"):
        folders.make(folders.data_dir(os.environ), 0o700)
        yield Database(url)
        return
    where = folders.choose(os.environ)
    cluster = Cluster(folders.make(where.home, where.passable), where.binaries, where.account)
    if share and (owner := lock.holder(cluster.lock_file)):
        if owner.startswith(label):  # would take the server away under us when it ends
            raise LaunchError(f"{owner} is using the database: wait for it, or use make database.")
        yield Database(cluster.wait_until_ready(interrupts))
        return
    with cluster.running(interrupts, label=label) as url:
        yield Database(url, cluster.process)


@contextmanager
def _scratch_database(interrupts: Interrupts) -> Iterator[str]:
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with scratch.running(folders.choose(os.environ), interrupts, label="A test run") as url:
        yield url


# --- programs ---------------------------------------------------------------------------------


def _beside_scratch(argv: Sequence[str], interrupts: Interrupts) -> int:
    with (
        _scratch_database(interrupts) as url,
        tempfile.TemporaryDirectory(prefix="tslsv-") as data_dir,
    ):
        return _in_foreground(argv, environment.for_django(Path(data_dir), url), interrupts)


def _in_foreground(argv: Sequence[str], env: Mapping[str, str], interrupts: Interrupts) -> int:
    """Runs a program that has the terminal to itself; returns its exit code."""
    interrupts.check()
    process = children.spawn(argv, env=env, own_session=False)
    return children.wait_in_foreground(process, interrupts)


def _serve(interrupts: Interrupts, *, debug: bool) -> int:
    """Everything for `run` and `dev`; ends with Ctrl-C, or when one of its programs ends."""
    label = "make dev" if debug else "make run"
    _refuse_second()
    port = web.port(os.environ)
    with ExitStack() as stack:
        site = stack.enter_context(_site_database(interrupts, label=label))
        env = environment.for_django(folders.data_dir(os.environ), site.url, debug=debug)
        # Only ever into a database without listings; EXAMPLES=0 keeps one that is brought empty.
        examples = [] if os.environ.get("EXAMPLES") == "0" else ["--examples"]
        if examples and site.server:  # never into a database that somebody brought along
            examples.append("--example-people")
        _to_the_end("manage.py prepare", [*MANAGE, "prepare", *examples], env, interrupts)

        services = [
            # runserver keeps the terminal, for breakpoint(); its reloader stops on Ctrl-C only.
            Service("web server", web.runserver(port), (signal.SIGINT, 5.0), own_session=False)
            if debug
            else Service("web server", web.gunicorn(port)),
            Service("worker", [*MANAGE, "procrastinate", "worker"]),
        ]
        running = {"database": site.server} if site.server else {}
        for service in services:
            running[service.name] = stack.enter_context(_kept_running(service, env, interrupts))
        _watch(running, port, interrupts, embedded=bool(site.server))
    return 0


def _refuse_second() -> None:
    """Says what is in the way before anything is made or changed."""
    if os.environ.get("DATABASE_URL"):
        return
    home = folders.clusters_folder(os.environ) / "postgresql"
    if owner := lock.holder(home / "lock"):
        raise LaunchError(
            f"{owner} is using the data in {folders.data_dir(os.environ)}: stop it first, or "
            "choose another folder with DATA_DIR."
        )


def _to_the_end(
    name: str, argv: Sequence[str], env: Mapping[str, str], interrupts: Interrupts
) -> None:
    process = children.spawn(argv, env=env)
    try:
        while process.poll() is None:
            interrupts.pause()
    finally:
        children.end(process, gentle=(signal.SIGTERM, 10), rough=(signal.SIGTERM, 1))
    if process.returncode != 0:
        raise LaunchError(f"{name} failed with exit code {process.returncode}; see above.")


@contextmanager
def _kept_running(
    service: Service, env: Mapping[str, str], interrupts: Interrupts
) -> Iterator[subprocess.Popen[bytes]]:
    process = children.spawn(
        service.argv, env=env, own_session=service.own_session, last_signal=service.gentle[0]
    )
    try:
        yield process
    finally:
        children.end(
            process, gentle=service.gentle, rough=(signal.SIGQUIT, 3), hurried=interrupts.hurried
        )
        if service.own_session:  # its own children, when it was killed before it could end them
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _watch(
    running: Mapping[str, subprocess.Popen[bytes]],
    port: int,
    interrupts: Interrupts,
    *,
    embedded: bool,
) -> None:
    """Says when the site is up, then watches its programs. Leaves by an exception only."""
    announced = False
    deadline = time.monotonic() + HEALTHY_SECONDS
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                raise LaunchError(
                    f"The {name} ended by itself (exit code {process.returncode}), so everything "
                    "else was stopped."
                )
        if not announced and web.is_healthy(port):
            announced = True
            site = f"http://localhost:{port}"
            print(f"\n    {site}\n\nIts mails are at {site}/mailbox/", flush=True)
            for line in sign_ins.lines(folders.data_dir(os.environ)) if embedded else []:
                print(line)
            print("Ctrl-C stops it.", flush=True)
        if not announced and time.monotonic() > deadline:
            raise LaunchError(f"The site did not answer on port {port} in {HEALTHY_SECONDS} s.")
        interrupts.pause(0.1)
