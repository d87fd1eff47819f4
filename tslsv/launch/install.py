"""Makes .venv and installs into it what a requirements file locks: `install.py FILE [FILE ...]`.

Run by the Makefile before each command, with any new enough Python and nothing installed; does
nothing when the files are installed already. The last file is installed; it has to contain the
others, which count as installed with it.
"""

import fcntl
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(files: list[Path]) -> int:
    """Returns the exit code; says in one sentence what is in the way."""
    with Path(__file__).open() as this_file:
        fcntl.flock(this_file, fcntl.LOCK_EX)  # `make run` and `make test` may begin at once
        if _is_usable() and _installed(files[-1]):
            return 0
        if importlib.util.find_spec("ensurepip") is None:
            print(
                f"{sys.executable} cannot make virtual environments, as ensurepip is missing: "
                "on Debian and Ubuntu, install the package python3-venv.",
                file=sys.stderr,
            )
            return 1
        try:
            _install(files)
        except subprocess.CalledProcessError:
            print(f"Installing {files[-1].name} failed; see above.", file=sys.stderr)
            return 1
    return 0


def _is_usable() -> bool:
    """Whether .venv was finished once, with a Python like this one that is still there."""
    if not any(VENV.glob("installed-*")):
        return False
    same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    try:
        return subprocess.run([PYTHON, "-c", same], check=False).returncode == 0
    except OSError:
        return False


def _stamp(file: Path) -> Path:
    return VENV / f"installed-{file.name}"


def _installed(file: Path) -> bool:
    """Whether exactly this content was installed to the end."""
    return _stamp(file).exists() and _stamp(file).read_bytes() == file.read_bytes()


def _install(files: list[Path]) -> None:
    if not _is_usable():
        print("Making .venv", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    # No stamp while pip is at work: what an interrupted one leaves is made anew.
    for stamp in VENV.glob("installed-*"):
        stamp.unlink()
    print(f"Installing {files[-1].name}", flush=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "--requirement", files[-1]],
        check=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    for file in files:
        unfinished = VENV / f"unfinished-{file.name}"
        shutil.copyfile(file, unfinished)
        unfinished.rename(_stamp(file))


if __name__ == "__main__":
    try:
        sys.exit(main([Path(name).resolve() for name in sys.argv[1:]]))
    except KeyboardInterrupt:
        sys.exit(130)
