"""The port, and the web server on it."""

import errno
import http.client
import socket
import sys
from collections.abc import Mapping
from http import HTTPStatus

from tslsv.launch.errors import LaunchError

DEFAULT_PORT = 8000
WORKERS = 2
THREADS = 4


def port(environ: Mapping[str, str]) -> int:
    """The port to serve on. Raises LaunchError when it is no port, or somebody else has it."""
    text = environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise LaunchError(f"PORT has to be a number from 1 to 65535, and is {text!r}.")
    number = int(text)
    for family, host in _loopbacks():
        try:
            socket.create_server((host, number), family=family).close()
        except OSError as error:
            if error.errno == errno.EACCES:
                raise LaunchError(
                    f"Port {number} needs root: choose one, as in PORT=8001."
                ) from None
            raise LaunchError(
                f"Port {number} is taken by another program: stop that, or choose another port, "
                "as in PORT=8001."
            ) from None
    return number


def gunicorn(number: int) -> list[str]:
    """The web server for `run`. It keeps no access log: addresses and searches are personal."""
    binds = [f"--bind={'[::1]' if ':' in host else host}:{number}" for _, host in _loopbacks()]
    return [
        *(sys.executable, "-m", "gunicorn", "tslsv.wsgi"),
        *binds,
        f"--workers={WORKERS}",
        f"--threads={THREADS}",
        "--worker-class=gthread",
        "--graceful-timeout=10",
        "--log-level=warning",
        "--no-control-socket",
    ]


def runserver(number: int) -> list[str]:
    """The web server for `dev`: reloads itself, and shows errors in full."""
    return [sys.executable, "manage.py", "runserver", f"127.0.0.1:{number}"]


def is_healthy(number: int) -> bool:
    """Whether /healthz answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{number}"})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _loopbacks() -> list[tuple[socket.AddressFamily, str]]:
    """Addresses that mean this machine; browsers try ::1 for localhost, where there is one."""
    found = [(socket.AF_INET, "127.0.0.1")]
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return found
    return [*found, (socket.AF_INET6, "::1")]
