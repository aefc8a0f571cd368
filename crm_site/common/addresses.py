"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """Return the caller's address, None where it is unknown (a Unix socket).

    Only as many entries of ``X-Forwarded-For`` are believed, from the right, as there are proxies
    of ours (``PROXY_COUNT``): callers can write anything further to the left.
    """
    proxies = settings.PROXY_COUNT
    if proxies:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(chain) >= proxies:
            return _valid(chain[-proxies])
    return _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(text: str) -> str | None:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return None
