"""What can go wrong with customers and leads, in the words of the person who tried."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import (
    NotAllowedError,
    RefusedError,
    StaleError,
    TooManyError,
    UnavailableError,
)
from customers.rules.entry import Fault, FaultsError

MESSAGES: dict[str, str | Promise] = {
    "required": _("This field is required."),
    "too_long": _("At most %(limit)s characters; there are %(count)s."),
    "number": _("Enter a number."),
    "amount_range": _("Enter an amount between 0 and 999,999,999,999.99."),
    "budget_order": _("The budget must end at or above its start."),
    "choice": _("Choose one of the offered values."),
    "unknown_word": _("“%(word)s” is not on the list. Choose one of the offered values."),
    "unknown_field": _("This field cannot be changed here."),
    "unknown_reference": _("There is no such record, or you cannot see it."),
    "contact_needed": _("Enter a phone number, or an external id together with its source."),
    "phone_taken": _("This number belongs to another customer. Ask your supervisor."),
    "reason_short": _("Give a reason of at least %(limit)s characters."),
    "not_a_field": _("There is no field “%(word)s”."),
    "range_order": _("The range must end at or above its start."),
    "preference_twice": _("“%(word)s” is on the list already."),
    "preferences_many": _("At most %(limit)s values of one kind."),
    "one_reference": _("Name the customer once: by id, by phone or by external id."),
    "future": _("The time must not lie in the future."),
    "time_order": _("The times are not in order: enquiry, told, confirmed."),
    "stage_order": _("The day must not lie before the last change of the stage."),
    "phone_empty": _("Enter a phone number."),
    "phone_too_long": _("This is too long for a phone number. Enter one number only."),
    "phone_characters": _("A phone number has digits only, with + in front and -801 behind."),
    "phone_mobile_length": _("A mobile number has 11 digits; this one has %(count)s."),
    "phone_mobile_prefix": _("A mobile number begins with 13 to 19."),
    "phone_area_code": _("Put the area code in front of a landline number, such as 0755."),
    "phone_landline_length": _(
        "A landline number has 10 to 12 digits with its area code; this one has %(count)s."
    ),
    "phone_country": _("There is no such number in that country. Check the country code."),
    "id_length": _("An ID number has 18 characters; this one has %(count)s."),
    "id_characters": _("An ID number has 17 digits and a last digit or X."),
    "id_date": _("Characters 7 to 14 of the ID number are no possible birthday."),
    "id_check": _("The last character of the ID number does not fit. Check it for typing errors."),
    "date_unreadable": _("Enter the date like 1990-05-20."),
    "date_out_of_range": _("Enter a birthday within the last 120 years."),
    "email": _("Enter an e-mail address like name@example.com."),
}


class EntryError(FaultsError):
    """An entry or edit is refused, nothing was written; ``faults`` says why, by field."""

    @property
    def messages(self) -> dict[str, list[str]]:
        """The faults by field in the current language."""
        return messages_of(self.faults)

    def as_validation_error(self) -> ValidationError:
        """Return the same faults as Django's forms and Django REST framework know them."""
        return ValidationError(
            {
                name: [
                    ValidationError(str(MESSAGES[fault.code]) % dict(fault.params), fault.code)
                    for fault in found
                ]
                for name, found in self.faults.items()
            }  # type: ignore[arg-type]
        )


def messages_of(faults: Mapping[str, list[Fault]]) -> dict[str, list[str]]:
    """Return each fault as a sentence in the current language, by field."""
    return {
        name: [str(MESSAGES[fault.code]) % dict(fault.params) for fault in found]
        for name, found in faults.items()
    }


def fault(field: str, code: str, **params: Any) -> EntryError:
    """Return the error of one fault of one field."""
    return EntryError({field: [Fault(str(code), params)]})


class OwnerChangedError(StaleError):
    """Somebody else assigned the customer first."""

    def __init__(self) -> None:
        super().__init__(_("The customer was assigned to somebody else meanwhile. Reload."))


class AlreadyTakenError(StaleError):
    """Somebody else took the customer from the pool first; names the colleague, nobody else."""

    code = "already-taken"
    title = _("This customer is no longer in the pool")

    def __init__(self, owner_name: str, *, is_own: bool = False) -> None:
        words = _("You have taken this customer already.") if is_own else _("Taken by %(name)s.")
        super().__init__(words % {"name": owner_name})


class OverCapError(RefusedError):
    """The consultant has as many open prospects as one person may have (CUS-51)."""

    code = "over-cap"
    title = _("This person has too many open prospects")

    def __init__(self, owner_name: str, *, cap: int) -> None:
        words = _("%(name)s would have more than %(cap)s open prospects.")
        super().__init__(words % {"name": owner_name, "cap": cap}, cap=cap)


class HandoverPlanError(RefusedError):
    """The numbers of a hand-over are not those of the customers to hand over (CUS-50)."""

    code = "handover-plan"
    title = _("The numbers do not add up")

    def __init__(self, *, planned: int, existing: int) -> None:
        words = _("%(planned)s customers are given out; there are %(existing)s to hand over.")
        super().__init__(words % {"planned": planned, "existing": existing})


class SharingRefusedError(RefusedError):
    """The customer cannot be offered to or accepted by another project (CUS-53)."""

    code = "sharing-refused"
    title = _("The customer cannot be shared")


class NotAssignableError(RefusedError):
    """The chosen person cannot be responsible for customers there."""

    code = "not-assignable"
    title = _("This person cannot take the customer")


class LeadMoveError(RefusedError):
    """The lead's state does not allow the step."""

    code = "lead-move"
    title = _("The lead cannot take this step")


class StageError(RefusedError):
    """A stage of the communication process would be skipped or the case cannot close (CUS-43)."""

    code = "case-stage"
    title = _("The case cannot take this step")


class StageMoveError(RefusedError):
    """The buying stage does not lead to the wanted one by hand (CUS-20)."""

    code = "stage-move"
    title = _("The buying stage cannot change this way")


class ClassMoveError(RefusedError):
    """The class does not lead to the wanted one (CUS-08)."""

    code = "class-move"
    title = _("The class cannot change this way")


class RevealRefusedError(NotAllowedError):
    """The role never sees this phone number in full."""


class PhoneQuestionsUncountedError(UnavailableError):
    """Phone numbers cannot be asked for while nobody counts the questions."""

    def __init__(self) -> None:
        super().__init__(_("Phone numbers cannot be looked up right now. The rest works."))


class PhoneQuestionsUsedUpError(TooManyError):
    """More phone numbers were asked for within a minute than one person needs."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(
            _("Too many phone numbers asked for. Wait a minute."), retry_after=retry_after
        )
