"""What can go wrong with a policy."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import NotAllowedError, RefusedError


class UnknownPolicyError(LookupError):
    """No policy of this key is registered."""


class OpenProposalError(RefusedError):
    """The policy already has a draft or a submitted version; one at a time."""

    code = "open-proposal"
    title = _("This policy already has an open proposal")


class PolicyStateError(RefusedError):
    """The version is no longer in the state the action starts from; nothing changed."""

    code = "policy-state"
    title = _("This proposal has moved on meanwhile")


class SelfApprovalError(NotAllowedError):
    """Somebody tried to decide on a version of their own."""

    code = "self-approval"
    title = _("Somebody else has to decide on your own proposal")


class ShapeError(ValueError):
    """A payload does not fit its shape; ``errors`` maps the field's path to what is wrong."""

    def __init__(self, errors: dict[str, list[str | Promise]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{name}: {words[0]}" for name, words in errors.items()))


class FieldError(ValueError):
    """Raised by a shape's ``__post_init__``: ``field`` is wrong, ``message`` says how to fix it."""

    def __init__(self, field: str, message: str | Promise) -> None:
        self.field = field
        self.message = message
        super().__init__(field)
