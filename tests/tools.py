"""Small things that tests of pages share."""

from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from customers.models import Purchase
from customers.purchase.hooks import blockers
from customers.purchase.rules import Step

ENGLISH = {"accept-language": "en"}


def text_of(client: Client, path: str) -> str:
    """Return the page at ``path`` in English."""
    answer: Any = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    text: str = answer.content.decode()
    return text


def blocked(purchase: Purchase, step: Step) -> list[str]:
    """Return what keeps a purchase from a step, in English."""
    with override("en"):
        return blockers(purchase, step, now=timezone.now())
