"""Folders, locks and secrets: only the right ones get in, and a crash leaves nothing half-made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tslsv.launch import folders, lock, secret
from tslsv.launch.account import Account

from .conftest import AS_ROOT


def test_folders_are_made_with_their_rights_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        made = folders.make(tmp_path / "open" / "passable", 0o711)
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o711
    assert made.parent.stat().st_mode & 0o777 == 0o755


def test_existing_folders_keep_their_rights(tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.mkdir(mode=0o700)
    folders.make(existing, 0o755)
    folders.make(existing / "new", 0o755)
    assert existing.stat().st_mode & 0o777 == 0o700


def test_data_dir(tmp_path: Path) -> None:
    assert folders.data_dir({}) == folders.CHECKOUT / ".data"
    assert folders.data_dir({"DATA_DIR": ""}) == folders.CHECKOUT / ".data"
    assert folders.data_dir({"DATA_DIR": f"{tmp_path}/a/../b"}) == tmp_path / "b"


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_system_folder_is_named_after_checkout_and_data_dir(tmp_path: Path, folder: Path) -> None:
    system = {"TSLSV_SYSTEM_DIR": str(folder)}
    default = folders.clusters_folder(system)
    closed = folders.clusters_folder({**system, "DATA_DIR": str(tmp_path / "closed")})
    assert default.parent == closed.parent == folder
    assert default != closed
    assert default.name.startswith(f"{folders.CHECKOUT.name}-")
    reachable = folder / "data"
    assert folders.clusters_folder({**system, "DATA_DIR": str(reachable)}) == reachable
    assert not reachable.exists()


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_account_is_unprivileged_and_asked_for(folder: Path) -> None:
    account = Account.unprivileged()
    assert account.uid != 0
    assert account.can_enter(folder)
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    assert not account.can_enter(closed)
    assert Account.owner_of(closed) is None
    os.chown(closed, account.uid, account.gid)
    assert Account.owner_of(closed) == account


def test_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"
    made = secret.kept(path)
    assert len(made) > 50
    assert secret.kept(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert secret.kept(tmp_path / "other") != made


def test_lock_tells_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert lock.holder(path) is None
    assert not path.exists()
    code = (
        "import os, signal, sys; from pathlib import Path; from tslsv.launch import lock\n"
        "with lock.held(Path(sys.argv[1]), label='make run'):\n"
        "    os.kill(os.getpid(), signal.SIGSTOP)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], cwd=folders.CHECKOUT) as other:
        os.waitpid(other.pid, os.WUNTRACED)
        assert lock.holder(path) == f"make run (process {other.pid})"
        with pytest.raises(lock.Busy, match="make run"), lock.held(path, label="test"):
            pass
        other.kill()
    assert lock.holder(path) is None
    with lock.held(path, label="test"):
        assert lock.holder(path) == f"test (process {os.getpid()})"
