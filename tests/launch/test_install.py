"""Finding a Python that is new enough, and making .venv exactly once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tslsv.launch.folders import CHECKOUT

FIND = CHECKOUT / "tslsv" / "launch" / "find-python.sh"
INSTALL = CHECKOUT / "tslsv" / "launch" / "install.py"


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def find(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", FIND],
        check=False,
        env={
            **os.environ,
            "PATH": str(tmp_path / "bin"),
            "HOME": str(tmp_path / "home"),
            "PYENV_ROOT": "",
            **environment,
        },
        capture_output=True,
        text=True,
    )


def test_python3_is_taken_when_it_is_new_enough(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", f'exec "{sys.executable}" "$@"')
    assert find(tmp_path).stdout == "python3\n"


def test_broken_shims_are_passed_over(tmp_path: Path) -> None:
    """As pyenv's are that stand on PATH for versions which are not active."""
    program(tmp_path / "bin" / "python3", "exit 1")
    program(tmp_path / "bin" / "python3.13", "echo not found >&2; exit 127")
    good = tmp_path / "home" / ".pyenv" / "versions" / "3.12.1" / "bin" / "python3"
    program(good, f'exec "{sys.executable}" "$@"')
    assert find(tmp_path).stdout == f"{good}\n"


def test_no_python_is_one_sentence(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "python3", "exit 1")
    answer = find(tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.startswith("This needs Python 3.12 or newer")
    assert answer.stderr.count("\n") == 1


def test_named_python_is_the_only_one_tried(tmp_path: Path) -> None:
    assert find(tmp_path, PYTHON=sys.executable).stdout == f"{sys.executable}\n"
    program(tmp_path / "bin" / "python3", f'exec "{sys.executable}" "$@"')
    answer = find(tmp_path, PYTHON="/nowhere/python3")
    assert answer.returncode == 1
    assert answer.stderr == "PYTHON=/nowhere/python3 is not a Python 3.12 or newer.\n"


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """A checkout that installs nothing, so that no registry is asked."""
    root = tmp_path / "bare checkout"
    (root / "tslsv" / "launch").mkdir(parents=True)
    shutil.copy(INSTALL, root / "tslsv" / "launch")
    (root / "requirements.txt").write_text("# nothing\n")
    (root / "requirements-dev.txt").write_text("# nothing more\n")
    return root


def install(root: Path, *files: str) -> str:
    # Outside of our own .venv: a virtual environment's Python makes others from its base.
    answer = subprocess.run(
        [Path(sys.base_prefix) / "bin" / "python3", "-P", "tslsv/launch/install.py", *files],
        check=True,
        cwd=root,
        env={**os.environ, "PIP_NO_INDEX": "1"},
        capture_output=True,
        text=True,
    )
    return answer.stdout


def test_venv_is_made_once(bare_checkout: Path) -> None:
    interrupted = bare_checkout / ".venv" / "bin" / "python"
    program(interrupted, "exit 1")
    both = ("requirements.txt", "requirements-dev.txt")
    made = "Making .venv\nInstalling requirements.txt\n"
    assert install(bare_checkout, "requirements.txt") == made
    assert install(bare_checkout, "requirements.txt") == ""
    assert install(bare_checkout, *both) == "Installing requirements-dev.txt\n"
    assert install(bare_checkout, "requirements.txt") == ""  # part of what is there
    (bare_checkout / "requirements.txt").write_text("# still nothing\n")
    assert install(bare_checkout, "requirements.txt") == "Installing requirements.txt\n"
