"""Who carries out an online signature: one interface, a provider over HTTP or the built-in one.

Without ``ESIGN_URL`` the built-in practice provider is used. It walks the same way, callback
included, and says on every page and on the copy that it is no signature in the sense of the law.
"""

import base64
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from crm_site.outbox.gateway import SIGNATURE, TIMEOUT, TIMESTAMP, TRY_AGAIN_STATUS, signature
from customers.signing.errors import ProviderError, ProviderRefusedError
from customers.signing.forms_pdf import contract_sheet, practice_note
from customers.signing.models import SigningRequest

PRACTICE: Final = "practice"
HTTP: Final = "http"
SALT: Final = "customers.signing"
LONGEST_COPY = 20 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took a contract: its own key, and where the customer signs."""

    external_id: str
    sign_url: str


class Provider(Protocol):
    """Takes contracts, and hands out the signed copy."""

    key: str

    def submit(self, request: SigningRequest) -> Accepted:
        """Return what the provider answered; raise ProviderError or ProviderRefusedError."""

    def fetch(self, request: SigningRequest) -> bytes:
        """Return the signed copy as PDF; raise ProviderError while it is not to be had."""

    def secret(self) -> str:
        """Return the secret with which its reports are signed."""


class PracticeProvider:
    """The built-in provider: for trying out and for demonstrations, without any legal force."""

    key = PRACTICE

    def submit(self, request: SigningRequest) -> Accepted:
        """Take every contract; the customer confirms on a page of this system."""
        return Accepted(str(request.key), reverse("customers:sign", args=[token_of(request)]))

    def fetch(self, request: SigningRequest) -> bytes:
        """Return the contract sheet with the note that it was confirmed, and what that is not."""
        at: datetime = request.ended_at or request.created_at
        return contract_sheet(
            request.purchase,
            contract_no=request.contract_no,
            made_at=at,
            notes=[practice_note(at)],
        )

    def secret(self) -> str:
        """Return a secret that nobody outside the system knows."""
        return salted_hmac(SALT, PRACTICE, algorithm="sha256").hexdigest()


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True, slots=True)
class HttpProvider:
    """A provider over HTTP, or a small bridge to one (docs/payments.md says what it is asked)."""

    url: str
    token: str = ""
    shared_secret: str = ""
    timeout: float = TIMEOUT
    key = HTTP

    def submit(self, request: SigningRequest) -> Accepted:
        """Post the contract with its key; the same key is taken once."""
        document, customer = request.document.data(), request.purchase.customer
        body = {
            "request": str(request.key),
            "contract_no": request.contract_no,
            "signer": {"name": customer.name, "phone": str(customer.phone or "")},
            "expires_at": request.expires_at.isoformat(),
            "digest": hashlib.sha256(document).hexdigest(),
            "document": base64.b64encode(document).decode(),
        }
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(request.key)}
        answer = self._ask("POST", "requests", json.dumps(body).encode(), headers)
        try:
            said = json.loads(answer)
            return Accepted(str(said["id"])[:100], str(said["url"])[:500])
        except (ValueError, TypeError, KeyError) as error:
            raise ProviderError("unreadable answer") from error

    def fetch(self, request: SigningRequest) -> bytes:
        """Get the signed copy; whatever is no PDF is asked for again."""
        data = self._ask("GET", f"requests/{request.external_id}/document", b"", {})
        if not data.startswith(b"%PDF-"):
            raise ProviderError("no PDF")
        return data

    def secret(self) -> str:
        """Return the secret shared with the provider."""
        return self.shared_secret

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.shared_secret:
            headers[TIMESTAMP] = str(int(time.time()))
            headers[SIGNATURE] = signature(self.shared_secret, headers[TIMESTAMP], body)
        request = urllib.request.Request(  # noqa: S310 - the address comes from the settings
            f"{self.url.rstrip('/')}/{path}", data=body or None, headers=headers, method=method
        )
        try:
            with _opener.open(request, timeout=self.timeout) as response:
                data: bytes = response.read(LONGEST_COPY + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 400 or error.code >= 500 or error.code in TRY_AGAIN_STATUS:
                raise ProviderError(f"HTTP {error.code}") from error
            raise ProviderRefusedError(f"HTTP {error.code}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ProviderError(type(error).__name__) from error
        if len(data) > LONGEST_COPY:
            raise ProviderError("too long")
        return data


def current_provider() -> Provider:
    """Return the provider of new contracts: the one of the settings, else the built-in one."""
    if settings.ESIGN_URL:
        return HttpProvider(settings.ESIGN_URL, settings.ESIGN_TOKEN, settings.ESIGN_SECRET)
    return PracticeProvider()


def provider_of(key: str) -> Provider:
    """Return the provider that took a contract; raise ProviderRefusedError once it is gone."""
    if key == PRACTICE:
        return PracticeProvider()
    found = current_provider()
    if found.key != key:
        raise ProviderRefusedError("no provider")
    return found


def token_of(request: SigningRequest) -> str:
    """Return the secret part of the address at which the customer confirms."""
    return signing.dumps(str(request.key), salt=SALT)


def key_of(token: str) -> str:
    """Return the key of the request a token was made for; "" for anything else."""
    try:
        return str(signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return ""
