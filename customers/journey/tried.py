"""Refusals as errors of the form that asked; words that colleagues read, whoever wrote them."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import override

from crm_site.common.refusals import RefusedError

T = TypeVar("T")


def tried(run: Callable[[], T]) -> T:
    """Run a service and return what it returns; its refusal is an error of the form."""
    try:
        return run()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal


def in_company_words(words: Promise, **values: object) -> str:
    """Return a title in the language of the company, whatever language its writer reads."""
    with override(settings.LANGUAGE_CODE):
        return str(words) % values
