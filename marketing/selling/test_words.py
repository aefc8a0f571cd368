"""The four tests of competence as they are first written (MKT-64)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from marketing.selling.services import following

PRODUCT, POLICY = "selling-test-product", "selling-test-policy"
FINANCE, NEGOTIATION = "selling-test-finance", "selling-test-negotiation"
LABELS: Final[dict[str, Any]] = {
    PRODUCT: _("Product"),
    POLICY: _("Policy and law"),
    FINANCE: _("Finance and loans"),
    NEGOTIATION: _("Negotiation"),
}
# test -> questions: what is asked, the right answer, others; the place of the right one varies
WORDS: Final[dict[str, tuple[tuple[Any, ...], ...]]] = {
    PRODUCT: (
        (
            _("Which area does the price per square metre of a flat refer to?"),
            _("The building area: inner area and shared area"),
            _("The inner area only"),
            _("The usable floor area"),
        ),
        (
            _("What is the efficiency rate of a layout?"),
            _("Inner area divided by building area"),
            _("Building area divided by plot area"),
            _("Living area divided by inner area"),
        ),
        (
            _("A customer asks what the show flat has that the home will not have."),
            _("I show the marks and name what is not delivered"),
            _("I say that it will be similar"),
            _("I change the subject"),
        ),
        (
            _("Where does one look up what may be said about materials?"),
            _("In the project sales manual in force"),
            _("In the adverts"),
            _("In the notes of a colleague"),
        ),
        (
            _("What does the plot ratio say?"),
            _("Floor area above ground to plot area"),
            _("Green area to plot area"),
            _("Number of storeys"),
        ),
    ),
    POLICY: (
        (
            _("From when may deposits for new homes be taken?"),
            _("From the day of the pre-sale permit"),
            _("From the opening of the show flat"),
            _("As soon as a customer asks"),
        ),
        (
            _("Who is told about adverse factors?"),
            _("Every buyer, before the subscription"),
            _("Buyers who ask"),
            _("Buyers of the units next to them only"),
        ),
        (
            _("Where does the money of a pre-sale go?"),
            _("Into the supervised account"),
            _("To the consultant"),
            _("Into the account of the agency"),
        ),
        (
            _("A customer withdraws the consent to be contacted."),
            _("Nobody contacts the customer any more"),
            _("One last call is allowed"),
            _("Messages are still allowed"),
        ),
        (
            _("What may be said about a school that is planned?"),
            _("What the authority has published, with its source"),
            _("That places are guaranteed"),
            _("That it opens next year"),
        ),
    ),
    FINANCE: (
        (
            _("What does a bank look at first for a loan?"),
            _("Income, debts and credit record"),
            _("The floor of the flat"),
            _("The recommendation of the consultant"),
        ),
        (
            _("Equal instalments or equal principal: where is the interest lower in all?"),
            _("Equal principal"),
            _("Equal instalments"),
            _("Always the same"),
        ),
        (
            _("A customer wants to show a higher income than there is."),
            _("I refuse and explain what is possible honestly"),
            _("I help with a certificate"),
            _("I leave it to the bank to find out"),
        ),
        (
            _("When is the housing fund used together with a bank loan?"),
            _("When its limit does not cover the loan needed"),
            _("Never"),
            _("For shops only"),
        ),
        (
            _("The loan is refused after the subscription."),
            _("I explain the clauses agreed on and tell finance the same day"),
            _("I promise the deposit back at once"),
            _("I wait until the customer asks"),
        ),
    ),
    NEGOTIATION: (
        (
            _("A customer asks for a discount above your limit."),
            _("I ask for the approval and name no figure before it"),
            _("I promise it and ask later"),
            _("I say that there are no discounts"),
        ),
        (
            _("A customer says that a competitor is cheaper."),
            _("I ask what is compared and show what differs"),
            _("I speak badly of the competitor"),
            _("I match the price at once"),
        ),
        (
            _("A couple disagrees about the layout."),
            _("I ask both for what matters to them"),
            _("I side with who pays"),
            _("I push for a decision today"),
        ),
        (
            _("What comes first with an objection?"),
            _("Listening until it is understood"),
            _("The counter-argument"),
            _("A gift"),
        ),
        (
            _("How is a talk ended without a decision?"),
            _("With a next step and a day for it"),
            _("With the warning that the unit will be gone"),
            _("Without any word"),
        ),
    ),
}


def tests() -> list[Default]:
    """Return the four tests."""
    return [
        Default(
            key=key,
            title=LABELS[key],
            use="record",
            is_test=True,
            intro=_("Choose one answer each. A failed test gives a training task."),
            on_complete=following.after_test,
            outline=Outline((Section(LABELS[key], _questions(WORDS[key])),)),
        )
        for key in LABELS
    ]


def _questions(rows: tuple[tuple[Any, ...], ...]) -> tuple[Question, ...]:
    found = []
    for place, (label, right, *others) in enumerate(rows):
        at = (place * 2 + 1) % 3
        options = (*others[:at], right, *others[at:])
        found.append(
            Question(
                key=f"q{place + 1}", label=label, scale=Scale.CHOICE, options=options, right=right
            )
        )
    return tuple(found)
