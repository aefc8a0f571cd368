"""Who belongs to which variant: drawn once, written down, kept (MKT-41)."""

from collections.abc import Iterable
from datetime import datetime

from customers.models import Customer
from marketing.messaging.models import Assignment, Experiment, Variant
from marketing.messaging.rules.draw import arm_of, number_of


def assign(
    experiment: Experiment, customers: Iterable[Customer], *, now: datetime
) -> dict[int, Variant]:
    """Return the variant of each customer; who has none is drawn and written down.

    The draw follows from the experiment's seed and the customer's key, so the same person always
    gets the same, also where two workers draw at once.
    """
    people = list(customers)
    variants = {one.pk: one for one in experiment.variants.select_related("template")}
    arms = list(variants.values())
    weights = [one.weight for one in arms]
    known = _known(experiment, people)
    Assignment.objects.bulk_create(
        [
            Assignment(
                experiment=experiment,
                customer=one,
                variant=arms[arm_of(number_of(experiment.seed, one.pk), weights)],
                at=now,
            )
            for one in people
            if one.pk not in known
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    if len(known) < len(people):
        known = _known(experiment, people)
    return {person: variants[variant] for person, variant in known.items()}


def _known(experiment: Experiment, people: list[Customer]) -> dict[int, int]:
    rows = Assignment.objects.filter(experiment=experiment, customer__in=people)
    return dict(rows.values_list("customer_id", "variant_id"))
