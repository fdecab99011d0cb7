"""Where a link in an answer leads: never away from the one who answered."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

_PORTS = {"https": 443, "http": 80}


def at_provider(base: str, root: str, href: str, current: str) -> str | None:
    """The whole address of a link; ``None`` for one that leads away from the provider at *base*.

    It may be whole, from the root of the host with the provider's own prefix, from the root of its service, or from
    the page it stands on.

    root     what addresses of the service begin with, such as ``/v1/``
    current  address of the page it stands on
    """
    home = urlsplit(base)
    if home.path.strip("/") and href.startswith(root):
        return f"{base}{href}"
    try:
        target = urlsplit(urljoin(current, href))
        if target.scheme != home.scheme or _host(target) != _host(home):
            return None
    except ValueError:
        return None
    return urlunsplit((home.scheme, home.netloc, target.path, target.query, ""))


def _host(url: SplitResult) -> tuple[str | None, int | None, str | None]:
    return url.hostname, url.port or _PORTS.get(url.scheme), url.username
