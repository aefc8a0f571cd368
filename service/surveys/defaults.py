"""The questionnaires of satisfaction that the product brings along, to be changed at will."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

SERVICE: Final = "survey-service"
YEARLY: Final = "survey-yearly"
EVENT: Final = "survey-event"
KANO: Final = "survey-kano"
ACSI: Final = "survey-acsi"
STAFF: Final = "survey-staff"
SALES_CHECK: Final = "sales-quality-check"

KANO_ANSWERS = (
    pgettext_lazy("Kano", "I like it"),
    pgettext_lazy("Kano", "I expect it"),
    pgettext_lazy("Kano", "I do not mind"),
    pgettext_lazy("Kano", "I can live with it"),
    pgettext_lazy("Kano", "I dislike it"),
)
RECOMMEND = _("Would you recommend us to friends?")
MORE = _("What else would you like to tell us?")
NO_SECRETS = _("Please write no ID, card or phone numbers.")


def _asked(key: str, label: Any, scale: Scale, **more: Any) -> Question:
    return Question(key=key, label=label, scale=scale, **more)


def _comment(key: str) -> Question:
    return _asked(key, MORE, Scale.LONG, required=False, weight=0, help=NO_SECRETS)


def _section(title: Any, *questions: Question) -> Section:
    return Section(title, questions)


def _kano(number: int, name: Any, without: Any) -> tuple[Question, Question]:
    options = {"options": KANO_ANSWERS, "weight": 0}
    return (
        _asked(f"q{number}", name, Scale.CHOICE, **options),
        _asked(f"q{number + 1}", without, Scale.CHOICE, **options),
    )


def _tens(start: int, *labels: Any) -> tuple[Question, ...]:
    return tuple(
        _asked(f"q{number}", label, Scale.TEN) for number, label in enumerate(labels, start)
    )


DEFAULTS = (
    Default(
        key=SERVICE,
        title=_("How was our service?"),
        use="survey",
        intro=_("One minute. Your answers only serve to make our service better."),
        outline=Outline(
            (
                _section(
                    "",
                    _asked("q1", _("How satisfied are you on the whole?"), Scale.WORDS),
                    _asked("q2", _("How well were you advised and informed?"), Scale.FIVE),
                    _asked("q3", _("How quickly were you served?"), Scale.FIVE),
                    _asked("q4", RECOMMEND, Scale.NPS, weight=0),
                    _comment("q5"),
                ),
            )
        ),
    ),
    Default(
        key=YEARLY,
        title=_("Yearly satisfaction survey"),
        use="survey",
        intro=_("Three minutes. Tell us how this year was."),
        outline=Outline(
            (
                _section(
                    _("On the whole"),
                    _asked("q1", _("How satisfied are you with us, from 1 to 10?"), Scale.TEN),
                    _asked("q2", RECOMMEND, Scale.NPS, weight=0),
                    _asked(
                        "q3",
                        _("How demanding are you as a customer?"),
                        Scale.CHOICE,
                        options=(
                            pgettext_lazy("customer", "Very demanding"),
                            pgettext_lazy("customer", "Average"),
                            pgettext_lazy("customer", "Easily content"),
                        ),
                        weight=0,
                    ),
                ),
                _section(
                    _("In detail"),
                    _asked("q4", _("Advice and sales service"), Scale.WORDS),
                    _asked("q5", _("Quality of the home"), Scale.WORDS),
                    _asked("q6", _("Handover"), Scale.WORDS, required=False),
                    _asked("q7", _("Repairs and complaints"), Scale.WORDS, required=False),
                    _comment("q8"),
                ),
            )
        ),
    ),
    Default(
        key=EVENT,
        title=_("How was our event?"),
        use="survey",
        intro=_("Half a minute."),
        outline=Outline(
            (
                _section(
                    "",
                    _asked("q1", _("How satisfied were you with the event?"), Scale.WORDS),
                    _asked("q2", RECOMMEND, Scale.NPS, weight=0),
                    _comment("q3"),
                ),
            )
        ),
    ),
    Default(
        key=KANO,
        title=_("What should our homes offer? (Kano)"),
        use="survey",
        intro=_("Each feature is asked about twice: with it, and without it."),
        outline=Outline(
            (
                _section(
                    _("A smart lock"),
                    *_kano(1, _("The home has a smart lock."), _("The home has no smart lock.")),
                ),
                _section(
                    _("A repair within a day"),
                    *_kano(
                        3,
                        _("Repairs are done within a day."),
                        _("Repairs take longer than a day."),
                    ),
                ),
                _section(
                    _("A view of the progress"),
                    *_kano(
                        5,
                        _("You see photos of the building site each month."),
                        _("You see no photos of the building site."),
                    ),
                ),
            )
        ),
    ),
    Default(
        key=ACSI,
        title=_("Customer satisfaction index"),
        use="survey",
        intro=_("Please answer from 1, the worst, to 10, the best."),
        outline=Outline(
            (
                _section(
                    _("Expectation"), *_tens(1, _("What quality did you expect before you bought?"))
                ),
                _section(
                    _("Quality"),
                    *_tens(2, _("How good is the home?"), _("How good is the service?")),
                ),
                _section(_("Value"), *_tens(4, _("How good is the quality for the price?"))),
                _section(
                    _("Satisfaction"),
                    *_tens(
                        5,
                        _("How satisfied are you on the whole?"),
                        _("How well did we meet what you expected?"),
                        _("How near do we come to an ideal developer?"),
                    ),
                ),
                _section(
                    _("Complaints"),
                    _asked("q8", _("Have you complained this year?"), Scale.YES, weight=0),
                ),
                _section(
                    _("Loyalty"),
                    *_tens(9, _("How likely would you buy from us again?")),
                    _asked("q10", RECOMMEND, Scale.NPS, weight=0),
                ),
            )
        ),
    ),
    Default(
        key=STAFF,
        title=_("How satisfied are you with your work?"),
        use="survey",
        intro=_("Anonymous: neither your name nor the minute of your answer is kept."),
        outline=Outline(
            (
                _section(
                    "",
                    _asked("q1", _("How satisfied are you with your work?"), Scale.TEN),
                    _asked("q2", _("How well can you help customers here?"), Scale.TEN),
                    _asked("q3", _("Would you recommend us as an employer?"), Scale.NPS, weight=0),
                ),
            )
        ),
    ),
    Default(
        key=SALES_CHECK,
        title=_("Check of the sales service"),
        use="checklist",
        subject_kind="project",
        intro=_("Sit in on a subscription or a signing."),
        outline=Outline(
            (
                _section(
                    "",
                    _asked("q1", _("Was the customer met and led to a seat?"), Scale.YES),
                    _asked("q2", _("Was every clause of the contract explained?"), Scale.YES),
                    _asked("q3", _("Were adverse factors named unasked?"), Scale.YES),
                    _asked("q4", _("Did all promises stand in writing?"), Scale.YES),
                    _comment("q5"),
                ),
            )
        ),
    ),
)


def register() -> None:
    """Bring the questionnaires along; safe to call again."""
    for default in DEFAULTS:
        register_default(default)
