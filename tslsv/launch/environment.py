"""What Django is told, through its environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from tslsv.launch import secret

LOOPBACK_HOSTS = "localhost,127.0.0.1,[::1]"


def for_django(data_dir: Path, database_url: str, *, debug: bool = False) -> Mapping[str, str]:
    """Our own environment, and what a run on this machine alone needs beside it."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tslsv.settings",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret.kept(data_dir / "secret-key"),
        "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or LOOPBACK_HOSTS,
        "TSLSV_LOOPBACK": "1",  # plain http, and nobody but this machine can reach us
        **({"DEBUG": "1"} if debug else {}),
    }
