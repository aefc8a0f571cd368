"""Showing on a form what a service refuses."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Show what was refused at the fields the form has; the rest concerns the form as a whole.

    A service names its own fields, and a form need not have all of them: a call noted with a call
    back is refused at the customer, whom that form does not ask for.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        known = name in form.fields
        form.add_error(name if known and name != NON_FIELD_ERRORS else None, found)
