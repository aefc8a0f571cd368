"""A program that talks JSON to the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm_site.staff.models import User

ROOT = "/api/v1"


class Program:
    """Calls the API and returns the answers; ``path`` stands below ``/api/v1/``."""

    def __init__(self, client: Client, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self.headers = headers or {}

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        url = path if path.startswith("http") else f"{ROOT}/{path}"
        return self.client.get(url, query, headers=self.headers)

    def post(self, path: str, data: Any = None, key: str = "") -> Any:
        return self._send("post", path, data, key)

    def patch(self, path: str, data: Any = None, key: str = "") -> Any:
        return self._send("patch", path, data, key)

    def change(self, customer: Any, key: str = "", **changes: Any) -> Any:
        """Change fields of a customer on the version that ``customer`` holds."""
        body = {"version": customer.version, "changes": changes}
        return self.patch(f"customers/{customer.pk}/", body, key)

    def _send(self, method: str, path: str, data: Any, key: str) -> Any:
        return getattr(self.client, method)(
            f"{ROOT}/{path}",
            data if data is not None else {},
            content_type="application/json",
            headers=self.headers | ({"Idempotency-Key": key} if key else {}),
        )


@pytest.fixture
def program(client_for: Callable[[User], Client]) -> Callable[[User], Program]:
    """Return a program that is signed in as the given account."""
    return lambda user: Program(client_for(user))
