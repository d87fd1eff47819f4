"""The unprivileged account that runs PostgreSQL when root starts us: PostgreSQL refuses root."""

import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tslsv.launch.errors import LaunchError

# Accounts that machines have already, best first; none is ever made.
CANDIDATES = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Who a program runs as."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> Self:
        for name in CANDIDATES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls(entry.pw_uid, entry.pw_gid)
        raise LaunchError(
            "PostgreSQL does not run as root, and this machine has none of the accounts "
            f"{', '.join(CANDIDATES)}: start this as an ordinary user, or set DATABASE_URL."
        )

    @classmethod
    def owner_of(cls, path: Path) -> Self | None:
        """Whose a folder is; None when there is no such folder, or it is root's."""
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        return cls(status.st_uid, status.st_gid) if status.st_uid else None

    def can_enter(self, folder: Path) -> bool:
        """Whether every folder on the way lets this account through; asks the system itself."""
        answer = subprocess.run(
            ["test", "-x", folder],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return answer.returncode == 0
