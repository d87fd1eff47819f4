"""What holds of the project as a whole: migrations, settings, headers, headings, files."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from copy import deepcopy
from itertools import pairwise
from pathlib import Path

import allauth
import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from tests.conftest import CHECKOUT, Cast
from tests.test_access import PUBLIC, make_board, make_register

PAGES = sorted(
    path for path, status in PUBLIC.values() if status == 200 and path.endswith("/")
)  # those with HTML
OTHERS = sorted(path for path, _ in PUBLIC.values() if not path.endswith("/"))


@pytest.fixture
def cast(lasting_cast: Cast, db: None) -> Cast:
    make_register()
    make_board()
    return deepcopy(lasting_cast)


def tracked_files() -> list[Path]:
    """Every file of ours: what git tracks or would track; without git, what is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return [path for path in (CHECKOUT / name for name in names) if path.is_file()]
    hidden = {".venv", ".data", ".git", "__pycache__"}
    return [
        path
        for path in CHECKOUT.rglob("*")
        if path.is_file() and not hidden & set(path.relative_to(CHECKOUT).parts)
    ]


# -- Rows and settings ------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def variables_of(path: Path) -> set[str]:
    """Environment variables that a file reads by ``env.text("NAME")`` and its likes."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(str(node.args[0].value))
    return found


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    read = variables_of(CHECKOUT / "tslsv" / "settings.py")
    assert len(read) > 10
    text = (CHECKOUT / "docs" / "running.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", text))
    assert read <= named, f"undocumented: {sorted(read - named)}"
    table = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", text, re.MULTILINE))
    assert table <= read, f"documented, but read nowhere: {sorted(table - read)}"


def test_settings_read_the_environment_only_through_env() -> None:
    text = (CHECKOUT / "tslsv" / "settings.py").read_text(encoding="utf-8")
    assert not re.search(r"\bos\.|getenv", text)


def test_apps_read_settings_only_through_django() -> None:
    for app in ("accounts", "places", "providers", "buying", "toms", "brokerage"):
        for path in (CHECKOUT / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"os\.environ|getenv", text), path
            assert not re.search(r"from tslsv import (settings|env)|import tslsv.settings", text), (
                path
            )


# -- Headers ----------------------------------------------------------------------------------


def policy_of(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_the_content_security_policy_is_strict(client: Client, cast: Cast, path: str) -> None:
    response = client.get(path)
    policy = policy_of(response["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    for values in policy.values():
        assert not [value for value in values if "unsafe" in value or "*" in value]
        assert not [value for value in values if value.startswith(("http:", "https:", "ws"))]


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_security_headers(client: Client, cast: Cast, path: str) -> None:
    response = client.get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in response
    assert "X-Powered-By" not in response


def test_a_public_site_answers_by_https_alone(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    response = client.get("/about/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/about/")
    secure = client.get("/about/", secure=True)
    assert "max-age=31536000; includeSubDomains; preload" in secure["Strict-Transport-Security"]


def test_error_pages_have_the_headers_too(client: Client, cast: Cast) -> None:
    for path, status in (("/nothing/", 404), ("/%00", 400)):
        response = client.get(path)
        assert response.status_code == status
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"


# -- Pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [*PAGES, "/nothing/", "/providers/?q=xyzzyplugh", "/providers/?page=9"]
)
def test_each_page_has_one_heading_title_and_main(client: Client, cast: Cast, path: str) -> None:
    html = client.get(path).text
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall(r"<title>[^<]+</title>", html)) == 1
    assert len(re.findall(r"<main\b", html)) == 1
    assert '<html lang="en-GB">' in html
    # Headings go down a step at a time.
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", html[html.index("<main") :])]
    assert levels[0] in (1, 2)
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_pages_carry_no_inline_script_or_style(client: Client, cast: Cast, path: str) -> None:
    html = client.get(path).text
    for tag in re.findall(r"<script\b[^>]*>", html):
        assert " src=" in tag or "application/json" in tag or "application/ld+json" in tag
    assert "<style" not in html
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", html)
    assert "javascript:" not in html


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_nothing_from_elsewhere(client: Client, cast: Cast, path: str) -> None:
    html = client.get(path).text
    loaded = re.findall(r'<(?:script|img|iframe|source)\b[^>]* src="([^"]*)"', html)
    loaded += re.findall(
        r'<link\b(?=[^>]* rel="(?:stylesheet|icon|preload|modulepreload)")[^>]* href="([^"]*)"',
        html,
    )
    assert len(loaded) >= 3
    assert all(url.startswith(("/static/", "/providers/photos/")) for url in loaded)


def test_titles_of_pages_differ(client: Client, cast: Cast) -> None:
    titles = {}
    for path in PAGES:
        found = re.search(r"<title>([^<]+)</title>", client.get(path).text)
        titles[path] = found[1] if found else ""
    plain = {path: title for path, title in titles.items() if path != "/providers/map/"}
    assert len(set(plain.values())) == len(plain)


# -- Files ------------------------------------------------------------------------------------

# Names of folders that are somebody's machine, and hosts that packages come from.
_MACHINE = re.compile(r"(?<![\w.<{/-])/(?:home|Users|root|work)/[\w.-]+/")
_PACKAGE_HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|(?:--|^)(?:extra-)?index-url|find-links\s*[= ]\s*http|"
    r"registry\.npmjs|cdn\.jsdelivr|unpkg\.com|cdnjs\.|fonts\.googleapis",
    re.MULTILINE,
)
# This file, and the program that writes and checks the lock without naming a host.
_MAY_NAME_HOSTS = {"tests/test_project.py"}


def test_no_file_names_somebodys_machine_or_a_package_host() -> None:
    looked_at = 0
    wrong = []
    for path in tracked_files():
        name = path.relative_to(CHECKOUT).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        looked_at += 1
        if name in _MAY_NAME_HOSTS:
            continue
        wrong += [f"{name}: {found[0]}" for found in _MACHINE.finditer(text)]
        wrong += [f"{name}: {found[0]}" for found in _PACKAGE_HOSTS.finditer(text)]
    assert looked_at > 150
    assert wrong == []


def test_every_locked_package_has_a_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (CHECKOUT / name).read_text(encoding="utf-8")
        packages = re.findall(
            r"^[a-z0-9][a-z0-9._-]*(?:\[[^\]]*\])?==", text, re.MULTILINE | re.IGNORECASE
        )
        assert len(packages) > 10
        blocks = re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE)
        locked = [block for block in blocks if "==" in block.splitlines()[0]]
        assert len(locked) == len(packages)
        assert all("--hash=sha256:" in block for block in locked)


def test_the_layers_are_a_contract_over_every_package() -> None:
    config = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    named = {name.strip() for layer in layers for name in re.split(r"[|:]", layer)}
    packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")} - {"tests", "bench"}
    assert {"accounts", "places", "providers", "buying", "toms", "brokerage"} <= packages
    assert packages - {"tslsv"} <= named
    assert {"tslsv.search", "tslsv.ui", "tslsv.urls", "tslsv.views"} <= named
    assert set(config["tool"]["importlinter"]["root_packages"]) == packages


def test_the_layers_hold() -> None:
    """`make check-imports` says which import is wrong; this says that one is."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())",
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_folder_of_tests_is_a_package() -> None:
    """Tests in a folder that is none are skipped without a word."""
    folders = {path.parent for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert len(folders) > 4
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_every_template_is_used() -> None:
    """Or nobody would notice that it broke."""
    templates = CHECKOUT / "templates"
    texts = [path.read_text(encoding="utf-8") for path in templates.rglob("*.html")]
    for folder in ("tslsv", "accounts", "places", "providers", "buying", "toms", "brokerage"):
        texts += [path.read_text(encoding="utf-8") for path in (CHECKOUT / folder).rglob("*.py")]
    everything = "\n".join(texts)
    names = [path.relative_to(templates).as_posix() for path in templates.rglob("*.html")]
    assert len(names) > 20
    library = "tsl/"  # found by crispy-forms under its own names
    # Those that django-allauth opens: each stands in for one of its own.
    theirs = Path(allauth.__file__).parent / "templates"
    parts = re.compile(r"providers/parts/filter_\w+\.html")
    unused = [
        name
        for name in names
        if name not in everything
        and not name.startswith((library, "emails/"))
        and not parts.match(name)
        and not (theirs / name).is_file()
    ]
    for path in (templates / "emails").rglob("*.*"):
        name = path.relative_to(templates / "emails")
        # A mail's template is named to ``queue_mail`` by what comes before its ending.
        named = (
            f"emails/{name}",
            f'"{name.with_suffix("")}"',
            f'"{name.parent}/email/{name.stem}"',
        )
        by_them = theirs / name.parent / "email" / f"{name.stem}_subject.txt"
        if not by_them.is_file() and not any(text in everything for text in named):
            unused.append(f"emails/{name}")
    assert unused == []


def test_no_module_is_a_bag_of_odds_and_ends() -> None:
    names = {path.stem for path in tracked_files() if path.suffix == ".py"}
    folders = {path.parent.name for path in tracked_files()}
    assert len(names) > 60
    assert not {"core", "common", "utils", "helpers"} & (names | folders)
