"""Small things that tests of pages share."""

from typing import Any

from django.test import Client

ENGLISH = {"accept-language": "en"}


def text_of(client: Client, path: str) -> str:
    """Return the page at ``path`` in English."""
    answer: Any = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    text: str = answer.content.decode()
    return text
