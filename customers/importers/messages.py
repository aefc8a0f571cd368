"""What is said about rows of customer and staff files, beside what the entry forms say."""

from django.utils.translation import gettext_lazy as _

from customers.errors import MESSAGES as ENTRY_MESSAGES

OWN_MESSAGES = {
    "no_identity": _("There is neither a phone number nor an external id."),
    "gender_unknown": _("Write male or female."),
    "intent_unknown": _("Write strong, medium or weak."),
    "choice_unknown": _("The field does not offer this value."),
    "repeated": _("The same customer as in row %(first)s. A different enquiry is added to it."),
    "shared_phone": _(
        "The number belongs to somebody of another name. Both records are kept; see the relations."
    ),
    "number_of_many": _(
        "More than %(n)s people of different names have this number. Write each one's own, or leave"
        " it empty and give an external id."
    ),
    "identity_conflict": _("Phone and external id belong to two different customers."),
    "exists_elsewhere": _("This customer exists outside your area. Ask your supervisor."),
    "budget_swap": _("The budget ends below its start. Both ends are swapped."),
    "budget_empty": _("The budget ends below its start. It is left empty."),
    "budget_reject": _("The budget ends below its start. Swap or correct it."),
    "owner_unknown_pool": _("Not an active consultant of yours. The customer goes to the pool."),
    "owner_unknown": _("Not an active consultant of yours."),
    "project_unknown_own": _("Not a project of yours. The row is imported without it."),
    "project_unknown": _("Not a project of yours."),
    "no_employee_no": _("The employee number is missing."),
    "no_name": _("The name is missing."),
    "other_role": _("This employee number belongs to an account of another role."),
    "repeated_staff": _("The same employee number as in row %(first)s."),
    "kept_edited": _("Kept because the record was edited since."),
    "kept_merged": _("Kept because the record was merged since."),
    "kept_other": _("Kept because other work refers to the record."),
    "kept_moved": _("Kept because the enquiry was worked on since."),
    "kept_enquiry": _("Kept because the customer enquired again since."),
    "kept_interaction": _("Kept because a contact was logged since."),
    "kept_owner": _("Kept because the owner changed since."),
    "kept_task": _("Kept because there is a task for it."),
    "kept_changed": _("Kept because these values were changed since: %(fields)s."),
    "kept_login": _("Kept because the account has been used."),
    "no_project": _("Choose the project in which the teams work."),
}
MESSAGES = {**ENTRY_MESSAGES, **OWN_MESSAGES}
