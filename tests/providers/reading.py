"""Reading a page's HTML as people and as search engines do."""

import json
import re
from html import unescape
from typing import Any


def words(html: str) -> str:
    """What a reader sees: no tags, no scripts, one space between words."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())


def facts(html: str) -> dict[str, str]:
    """Every fact of the description lists, by name."""
    rows = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", html, flags=re.DOTALL)
    return {words(name): words(value) for name, value in rows}


def structured(html: str) -> dict[str, Any]:
    """The page's one JSON-LD block, ended where a browser would end it."""
    block = r'<script type="application/ld\+json">(.*?)</script>'
    found = re.findall(block, html, flags=re.DOTALL)
    assert len(found) == 1
    data: dict[str, Any] = json.loads(found[0])
    return data


def map_points(html: str) -> list[dict[str, Any]]:
    """What the page's map draws; empty where there is no map."""
    found = re.search(r'<script id="map-points" type="application/json">(.*?)</script>', html)
    points: list[dict[str, Any]] = json.loads(found[1]) if found else []
    return points
