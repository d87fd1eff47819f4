"""Bytes that PostgreSQL cannot hold are refused before anything looks them up."""

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tslsv.middleware import BadBytesMiddleware


def through(request: HttpRequest) -> HttpResponse:
    return BadBytesMiddleware(lambda _: HttpResponse("through"))(request)


def test_nul_in_the_path_is_a_bad_request() -> None:
    with pytest.raises(BadRequest):
        through(RequestFactory().get("/providers/a%00b/"))


def test_nul_in_a_cookie_is_a_bad_request() -> None:
    with pytest.raises(BadRequest):
        through(RequestFactory().get("/", headers={"cookie": 'session="abcdefgh\\000"'}))


@pytest.mark.parametrize(
    "address",
    ["/providers/", "/providers/?q=%00", "/providers/?q=%ff%fe", "/providers/caf%C3%A9/", "/%ff/"],
)
def test_everything_else_passes(address: str) -> None:
    assert through(RequestFactory().get(address)).content == b"through"


@pytest.mark.parametrize("address", ["/a%00b", "/admin/%00/", "/static/%00"])
def test_the_answer_is_the_site_s_own_page(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "We could not read that request" in response.text


def test_a_session_with_nul_never_reaches_the_database(client: Client) -> None:
    response = client.get("/admin/", headers={"cookie": 'session="abcdefgh\\000"'})
    assert response.status_code == 400


@pytest.mark.parametrize("address", ["/%ff%fe/", "/%ed%a0%80/", "/%c0%80/"])
def test_invalid_utf8_is_merely_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
