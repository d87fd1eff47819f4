"""Which folders hold what.

An ordinary user has everything in DATA_DIR, `.data` in the checkout unless set. Root cannot run
PostgreSQL, and the account that can may not be let into the checkout (a folder under /root, say).
Opening somebody's folders would be rude, so root's clusters, and a copy of PostgreSQL's programs,
go to a system folder named after the checkout.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tslsv.launch import binaries
from tslsv.launch.account import Account

CHECKOUT = Path(__file__).resolve().parents[2]
SYSTEM_FOLDER = Path("/var/lib/tslsv")


@dataclass(frozen=True)
class Folders:
    """Where things are in this run."""

    data_dir: Path
    """The secret key and whatever Django keeps in files; belongs to whoever starts us."""
    clusters: Path
    """Holds `postgresql`, the real data, and `scratch`, the throw-away clusters."""
    binaries: Path
    """PostgreSQL's programs."""
    account: Account | None
    """Who runs PostgreSQL; None means whoever starts us."""

    @property
    def passable(self) -> int:
        """The rights of a folder that PostgreSQL's account has to get through."""
        return 0o711 if self.account else 0o700

    @property
    def home(self) -> Path:
        return self.clusters / "postgresql"

    @property
    def scratch(self) -> Path:
        return self.clusters / "scratch"


def data_dir(environ: Mapping[str, str]) -> Path:
    """DATA_DIR as a full path; not made yet."""
    return Path(environ.get("DATA_DIR") or CHECKOUT / ".data").expanduser().resolve()


def clusters_folder(environ: Mapping[str, str]) -> Path:
    """Where the clusters are; makes nothing."""
    if os.geteuid() != 0:
        return data_dir(environ)
    if not environ.get("DATA_DIR"):
        return _system_folder(environ, CHECKOUT)
    chosen = data_dir(environ)
    there_already = next(folder for folder in (chosen, *chosen.parents) if folder.is_dir())
    if Account.unprivileged().can_enter(there_already):
        return chosen
    return _system_folder(environ, CHECKOUT, chosen)


def choose(environ: Mapping[str, str]) -> Folders:
    """The folders of this run, made where they are missing."""
    data = data_dir(environ)
    if os.geteuid() != 0:
        make(data, 0o700)
        return Folders(data, data, binaries.shipped(), account=None)
    make(data, 0o711)
    clusters = make(clusters_folder(environ), 0o711)
    account = Account.owner_of(clusters / "postgresql" / "data") or Account.unprivileged()
    if environ.get("DATA_DIR") and clusters != data:
        print(
            f"PostgreSQL's account cannot enter {data}: the database is in {clusters}.",
            flush=True,
        )
    programs = binaries.copied(make(_system_folder(environ, CHECKOUT), 0o711))
    return Folders(data, clusters, programs, account)


def make(folder: Path, mode: int) -> Path:
    """Makes a folder and its parents with exactly these rights; changes none that exist."""
    if not folder.is_dir():
        make(folder.parent, 0o755 if mode & 0o011 else mode)
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)  # mkdir's own mode is subject to the umask
    return folder


def _system_folder(environ: Mapping[str, str], *named_after: Path) -> Path:
    digest = hashlib.sha256("\0".join(map(str, named_after)).encode()).hexdigest()[:10]
    parent = Path(environ.get("TSLSV_SYSTEM_DIR") or SYSTEM_FOLDER)
    return parent / f"{CHECKOUT.name}-{digest}"
