"""The questionnaire of maturity: pairs of product-led and customer-led statements (ANA-70)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

MATURITY: Final = "crm-maturity"
SCALE: Final = _("1: only the first holds. 5: only the second holds.")
_PAIRS: Final[Any] = (
    (
        _("Market and product"),
        (
            _("We build, then look for buyers. / We learn what buyers need, then build."),
            _("Units are what we sell. / A way of living is what we sell."),
            _("Price decides the sale. / What the customer gains decides the sale."),
        ),
    ),
    (
        _("Customer and service"),
        (
            _("The relation ends with the handover. / The handover begins the relation."),
            _("Complaints are settled. / Complaints change how we work."),
            _("Customers are known to their consultant. / Customers are known to the company."),
        ),
    ),
    (
        _("Organisation"),
        (
            _("Sales alone answers for customers. / Every department answers for customers."),
            _("Bonuses follow contracts. / Bonuses follow contracts and satisfaction."),
            _("Decisions follow experience. / Decisions follow figures of customers."),
            _("Improvement is a campaign. / Improvement is everyday work."),
        ),
    ),
)


def _asked(key: str, pair: Any) -> Question:
    words: Any = SCALE
    return Question(key=key, label=pair, scale=Scale.FIVE, help=words)


def outline() -> Outline:
    """Return the pairs as an outline; all are answered from 1 to 5."""
    number, sections = 0, []
    for title, pairs in _PAIRS:
        questions = []
        for pair in pairs:
            number += 1
            questions.append(_asked(f"q{number}", pair))
        sections.append(Section(title, tuple(questions)))
    return Outline(tuple(sections))


def register() -> None:
    """Bring the questionnaire along."""
    register_default(
        Default(
            key=MATURITY,
            title=_("Maturity of customer management"),
            use="record",
            intro=_("Ten pairs of statements: where between the two do we stand?"),
            outline=outline(),
        )
    )
