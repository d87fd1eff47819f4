"""What is typed as the address of a website, and what of it may stand in a security header."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.embed_hosts import EXAMPLE, NO_NUMBER, NO_STAR, OURS, PORT, SECURE, read_host

# A host as it may stand in the header, with a port or without.
HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*(?::[1-9]\d{0,4})?"
)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("www.example.org", "www.example.org"),
        ("  WWW.Example.ORG  ", "www.example.org"),
        ("https://www.example.org/", "www.example.org"),
        ("HTTPS://www.example.org/a/page?with=a#part", "www.example.org"),
        ("//www.example.org", "www.example.org"),
        ("example.org.", "example.org"),
        ("example.org:443", "example.org"),
        ("https://example.org:8443/x", "example.org:8443"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("leeds.gov.uk", "leeds.gov.uk"),
    ],
)
def test_one_host_however_it_is_typed(typed: str, host: str) -> None:
    assert read_host(typed) == host
    assert read_host(host) == host


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("http://www.example.org", SECURE),
        ("ftp://www.example.org", SECURE),
        ("javascript://www.example.org", SECURE),
        ("data:text/html,x", PORT),
        ("*.example.org", NO_STAR),
        ("https://*", NO_STAR),
        ("192.0.2.1", NO_NUMBER),
        ("https://192.0.2.1:8443", NO_NUMBER),
        ("[2001:db8::1]", NO_NUMBER),
        ("3221225985", NO_NUMBER),
        ("0xc0000201", NO_NUMBER),
        ("0xc0.0.2.1", NO_NUMBER),
        ("192.0.2", NO_NUMBER),
        ("192。0。2。1", NO_NUMBER),
        ("１９２.0.2.1", NO_NUMBER),
        ("localhost", OURS),
        ("https://app.localhost:3000", OURS),
        ("printer.local", OURS),
        ("wiki.internal", OURS),
        ("intranet", OURS),
        ("server", EXAMPLE),
        ("", EXAMPLE),
        ("https://", EXAMPLE),
        ("a b.example.org", EXAMPLE),
        ("a;b.example.org", EXAMPLE),
        ("example.org; script-src *", NO_STAR),
        ("example.org; script-src 'unsafe-inline'", EXAMPLE),
        ("example.org, other.example.org", EXAMPLE),
        ("exa\rmple.org:x", PORT),
        ("user@example.org", EXAMPLE),
        ("https://user:pass@example.org", EXAMPLE),
        ("example.org:0", PORT),
        ("example.org:70000", PORT),
        ("example.org:eight", PORT),
        ("-a.example.org", EXAMPLE),
        ("a_b.example.org", EXAMPLE),
        ("a..example.org", EXAMPLE),
        (".example.org", EXAMPLE),
        ("x" * 64 + ".example.org", EXAMPLE),
        ("x." * 130 + "org", EXAMPLE),
        ("'self'", EXAMPLE),
        ("https:", EXAMPLE),
        ("\0.example.org", EXAMPLE),
        ("\u202eexample.org", EXAMPLE),
        ("[example.org", EXAMPLE),
    ],
)
def test_all_else_is_refused_in_words(typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_host(typed)


@given(st.text() | st.from_regex(r"(https://)?[a-zé0-9.:@/*;' \[\]-]{1,30}", fullmatch=True))
@example("example.org\n; script-src x")
def test_whatever_is_typed_never_breaks_out_of_the_header(typed: str) -> None:
    try:
        host = read_host(typed)
    except ValueError:
        return
    assert HOST.fullmatch(host), host
