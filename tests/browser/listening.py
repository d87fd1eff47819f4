"""What goes wrong in a page, as its console and its requests tell."""

from playwright.sync_api import Page, Request, Response

from tests.browser.looks import Look


def listen(page: Page, site: str) -> list[str]:
    """Everything that goes wrong on the page from now on, as it happens.

    A request that was stopped is not a fault: a newer one took its place, or the page was left.
    """
    heard: list[str] = []

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            heard.append(f"failed: {request.url} ({request.failure})")

    def answered(response: Response) -> None:
        if not response.url.startswith((site, "data:")):
            heard.append(f"from elsewhere: {response.url}")
        if response.status >= 400 and not response.request.is_navigation_request():
            heard.append(f"{response.status}: {response.url}")

    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("requestfailed", failed)
    page.on("response", answered)
    return heard


def unexpected(heard: list[str], look: Look) -> list[str]:
    """What was heard, but for the browser's remark on a page that is meant to be missing."""
    remark = f"Failed to load resource: the server responded with a status of {look.status}"
    return [text for text in heard if look.status == 200 or remark not in text]
