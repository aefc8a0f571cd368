"""Lists of improvement: indicators of departments, trials, experiments."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.improvement.choices import DEPARTMENTS, TRIALS
from analytics.improvement.querysets import KEEP, VIEW
from analytics.improvement.rules.trials import Effect, effect
from analytics.registering import must
from analytics.reviews.figures import kpi_choices
from crm_site.common.navigation import Label
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)

INDICATORS: Final = "department-indicators"
LABORATORY: Final = "experience-laboratory"
EXPERIMENTS: Final = "experiment-results"
ADOPTED: Final = "adopted"
RIGHTS: Final[dict[str, Any]] = {"view_permission": VIEW, "edit_permission": KEEP}
COUNTS: Final = ("control_n", "control_hits", "variant_n", "variant_hits")


def feedback_first(values: Mapping[str, Any], outcome: str) -> Mapping[str, Label]:
    """Refuse to adopt a trial without feedback (ANA-71)."""
    if outcome == ADOPTED and not str(values.get("feedback") or "").strip():
        return {"outcome": _("Write down the feedback of the test group before it is adopted.")}
    return {}


def check_counts(draft: Draft) -> Mapping[str, Label]:
    """Refuse counts that cannot be: parts of people, or more hits than people."""
    numbers = {key: Decimal(draft.values[key]) for key in COUNTS}
    errors: dict[str, Label] = {
        key: _("Enter a whole number, 0 or more.")
        for key, value in numbers.items()
        if value < 0 or value != int(value)
    }
    for side in ("control", "variant"):
        if numbers[f"{side}_n"] < 1:
            errors[f"{side}_n"] = _("A group has at least one person.")
        elif numbers[f"{side}_hits"] > numbers[f"{side}_n"]:
            errors[f"{side}_hits"] = _("There cannot be more than the group has.")
    return errors


def effect_of(values: Mapping[str, Any]) -> Effect | None:
    """Return the effect of a result in the library with its interval."""
    n, hits, n_, hits_ = (int(Decimal(str(values[key]))) for key in COUNTS)
    return effect((hits, n), (hits_, n_))


def indicators() -> RegisterDefinition:
    """Return the register of the customer indicator of each department (ANA-41)."""
    return RegisterDefinition(
        key=INDICATORS,
        label=gettext_lazy("Customer indicators of departments"),
        item=gettext_lazy("Customer indicator"),
        help=gettext_lazy("Every department carries at least one figure about customers."),
        fields=(
            must("department", gettext_lazy("Department"), "choice", choices=tuple(DEPARTMENTS)),
            must("kpi", gettext_lazy("KPI"), "choice", choices=tuple(kpi_choices())),
            must("weight", gettext_lazy("Weight in its appraisal (%)"), "number"),
        ),
        title_label=gettext_lazy("What the department does for it"),
        review_every=timedelta(days=365),
        **RIGHTS,
    )


def laboratory() -> RegisterDefinition:
    """Return the register of trials of the customer-experience laboratory (ANA-71)."""
    return RegisterDefinition(
        key=LABORATORY,
        label=gettext_lazy("Customer-experience laboratory"),
        item=gettext_lazy("Trial"),
        help=gettext_lazy("An idea, the group that tries it, what they say, and what follows."),
        fields=(
            must("idea", gettext_lazy("What is tried"), "long"),
            must("group", gettext_lazy("Test group")),
            RegisterField(
                key="feedback", label=gettext_lazy("Feedback of the test group"), type="long"
            ),
        ),
        title_label=pgettext_lazy("trial", "Idea"),
        due_label=gettext_lazy("Feedback by"),
        may_end=feedback_first,
        outcomes=(
            Outcome(
                key=ADOPTED,
                label=pgettext_lazy("trial", "Adopted"),
                asks=gettext_lazy("How it is rolled out"),
                action=gettext_lazy("Adopt it: say how it is rolled out"),
            ),
            Outcome(
                key="rejected",
                label=pgettext_lazy("trial", "Not adopted"),
                asks=gettext_lazy("Reason"),
                action=gettext_lazy("Do not adopt it: say why"),
                tone="",
                shape="cross",
            ),
        ),
        **RIGHTS,
    )


def experiments() -> RegisterDefinition:
    """Return the library of results of experiments (ANA-72)."""
    return RegisterDefinition(
        key=EXPERIMENTS,
        label=gettext_lazy("Results of experiments"),
        item=gettext_lazy("Result of an experiment"),
        help=gettext_lazy("What was tried against what, how many took part, how many said yes."),
        fields=(
            must("kind", pgettext_lazy("experiment", "Kind"), "choice", choices=tuple(TRIALS)),
            must("outcome", gettext_lazy("What counts as success")),
            must("control", pgettext_lazy("experiment", "Control")),
            *_counts(
                "control", gettext_lazy("Control: people"), gettext_lazy("Control: successes")
            ),
            must("variant", gettext_lazy("Variant")),
            *_counts(
                "variant", gettext_lazy("Variant: people"), gettext_lazy("Variant: successes")
            ),
            must("ended_on", gettext_lazy("Ended on"), "date"),
            RegisterField(
                key="campaign",
                label=gettext_lazy("Campaign code"),
                help=gettext_lazy("Where it belongs to a campaign."),
            ),
        ),
        title_label=pgettext_lazy("experiment", "Question"),
        check=check_counts,
        **RIGHTS,
    )


def register() -> None:
    """Make the registers known."""
    for make in (indicators, laboratory, experiments):
        register_definition(make())


def _counts(side: str, people: Any, hits: Any) -> tuple[RegisterField, RegisterField]:
    return (
        must(f"{side}_n", people, "number"),
        must(f"{side}_hits", hits, "number"),
    )
