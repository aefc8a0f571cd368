"""The steps of a purchase as its page offers them: button, what has to be typed, who takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.pricing.selectors import listed_terms
from customers.property.board import with_state
from customers.property.models import Unit
from customers.purchase.forms import (
    ContractForm,
    DepositForm,
    NewBuyerForm,
    NewUnitForm,
    ReasonForm,
    TermsForm,
)
from customers.purchase.models import Purchase
from customers.purchase.rules import EDGES, Step, may_step
from customers.purchase.services import advancing, changing, holding


@dataclass(frozen=True, slots=True)
class Action:
    """A step as it is offered; ``run(form, purchase=, actor=, now=)`` takes it."""

    label: Any
    form: Callable[..., Form]
    run: Callable[..., object]
    tone: str = ""
    asks_first: bool = False  # only asks for signatures; the step follows once they are given


class NothingForm(Form):
    """A step that asks for nothing."""


def _plain(form: type[Form]) -> Callable[..., Form]:
    return lambda data, *, purchase, user: form(data)


def _new_unit(data: Any, *, purchase: Purchase, user: User) -> NewUnitForm:
    free = Unit.objects.filter(project=purchase.project_id, withheld_at=None)
    free = with_state(free.exclude(pk=purchase.unit_id)).filter(deal=None)
    return NewUnitForm(data, units=free.select_related("building").for_board())


ACTIONS: dict[Step, Action] = {
    Step.SUBSCRIBE: Action(
        pgettext_lazy("purchase action", "Subscribe"),
        lambda data, *, purchase, user: TermsForm(data, initial=listed_terms(purchase)),
        lambda form, **who: advancing.subscribe(terms=form.terms(), **who),
        "btn-p",
    ),
    Step.PRESUBSCRIBE: Action(
        pgettext_lazy("purchase action", "Pre-subscribe"),
        _plain(DepositForm),
        lambda form, **who: advancing.presubscribe(**form.cleaned_data, **who),
    ),
    Step.SIGN: Action(
        pgettext_lazy("purchase action", "Sign the contract"),
        _plain(ContractForm),
        lambda form, **who: advancing.sign(**form.cleaned_data, **who),
        "btn-p",
    ),
    Step.RENEW: Action(
        pgettext_lazy("purchase action", "Renew the hold"),
        _plain(NothingForm),
        lambda form, **who: holding.renew_hold(**who),
    ),
    Step.CHANGE_UNIT: Action(
        pgettext_lazy("purchase action", "Change the unit"),
        _new_unit,
        lambda form, **who: changing.change_unit(**form.cleaned_data, **who),
    ),
    Step.CHANGE_NAME: Action(
        pgettext_lazy("purchase action", "Change the name"),
        lambda data, *, purchase, user: NewBuyerForm(data, user=user),
        lambda form, **who: changing.ask_for(step=Step.CHANGE_NAME, **form.cleaned_data, **who),
        asks_first=True,
    ),
    Step.UNSIGN: Action(
        pgettext_lazy("purchase action", "Take the signature back"),
        _plain(ReasonForm),
        lambda form, **who: changing.ask_for(step=Step.UNSIGN, **form.cleaned_data, **who),
        "btn-do",
        asks_first=True,
    ),
    Step.RELEASE: Action(
        pgettext_lazy("purchase action", "Release"),
        _plain(ReasonForm),
        lambda form, **who: holding.release_hold(**form.cleaned_data, **who),
        "btn-do",
    ),
    Step.OVERRIDE: Action(
        pgettext_lazy("purchase action", "Take the hold away"),
        _plain(ReasonForm),
        lambda form, **who: holding.override_hold(**form.cleaned_data, **who),
        "btn-do",
    ),
    Step.CANCEL: Action(
        pgettext_lazy("purchase action", "Cancel"),
        _plain(ReasonForm),
        lambda form, **who: advancing.cancel(**form.cleaned_data, **who),
        "btn-do",
    ),
}


def offered(purchase: Purchase, user: User) -> list[tuple[Step, Action]]:
    """Return the steps that the state allows and ``user`` has the right to take, in order.

    Releasing is for one's own hold, taking it away for somebody else's.
    """
    own = purchase.consultant_id == user.pk
    hidden = Step.OVERRIDE if own else Step.RELEASE
    return [
        (step, action)
        for step, action in ACTIONS.items()
        if step is not hidden
        and may_step(purchase.state, step)
        and user.has_perm(EDGES[step].right)
    ]
