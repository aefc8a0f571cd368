"""What is wrong with a step, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.rules.playbooks import StepFault

WORDS: dict[StepFault, str | Promise] = {
    StepFault.NO_STEPS: gettext_lazy("Write at least one step."),
    StepFault.TOO_MANY: gettext_lazy("A playbook has at most 20 steps."),
    StepFault.SHAPE: gettext_lazy("This is not a step."),
    StepFault.KEY: gettext_lazy("Its key has small letters, digits and dashes, at most 16."),
    StepFault.KEY_TWICE: gettext_lazy("Two steps have the same key."),
    StepFault.TITLE: gettext_lazy("Say what there is to do."),
    StepFault.OFFSET: gettext_lazy(
        "Give the hours after the start, at least 1 where no months are given."
    ),
    StepFault.MONTHS: gettext_lazy("Give whole months, 0 to 120."),
    StepFault.BASIS: gettext_lazy("Choose natural or working hours."),
    StepFault.ROLE: gettext_lazy("Choose who does it."),
    StepFault.KIND: gettext_lazy("Choose the kind of the task."),
    StepFault.GATE: gettext_lazy("Say whether later steps wait for it."),
}


def fault_text(number: int, fault: StepFault) -> str:
    """Return one fault as a sentence; ``number`` counts steps from 1, 0 means all of them."""
    words = str(WORDS[fault])
    return words if not number else _("Step %(n)s: %(fault)s") % {"n": number, "fault": words}
