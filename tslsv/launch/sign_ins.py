"""How the example people sign in, for whoever has started the site."""

import json
from collections.abc import Iterator
from pathlib import Path

FILE = "example-sign-ins.json"


def lines(data_dir: Path) -> Iterator[str]:
    """What to print of ``accounts.examples``; nothing where there are no such people."""
    try:
        people = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    yield ""
    yield "Example sign-ins, for this machine only (at “Sign in”, “Use a password”):"
    for person in people:
        yield f"    {person['email']:22}{person['password']:14}{person['who']}"
        if person["secret"]:
            yield f"    {'':22}authenticator app key {person['secret']}"
    with_app = next((person["email"] for person in people if person["secret"]), "")
    if with_app:
        yield f'The app\'s code, without an app: make manage ARGS="example_code {with_app}"'
    yield ""
