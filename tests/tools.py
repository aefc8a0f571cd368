"""Small things that tests of pages share."""

from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from customers.models import Purchase
from customers.purchase.hooks import _gates
from customers.purchase.rules import Step

ENGLISH = {"accept-language": "en"}


def text_of(client: Client, path: str) -> str:
    """Return the page at ``path`` in English."""
    answer: Any = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    text: str = answer.content.decode()
    return text


def blocked(purchase: Purchase, step: Step) -> list[str]:
    """Return what keeps a purchase from a step, in English.

    The file to confirm and the unit to release are left out: their own tests ask for them.
    """
    own = {"interaction-file", "delivery"}
    with override("en"):
        checks = [check for (at, key), check in _gates.items() if at is step and key not in own]
        return [words for check in checks for words in check(purchase, timezone.now())]
