"""What knowledge tells the other parts: events, messages, marks, subjects, places."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from service.knowledge import (
    answer_views,
    case_views,
    centre_models,
    choices,
    expectations,
    papers,
    policies,
)
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.querysets import VIEW, WORK_MISSING
from service.knowledge.service_models import VIEW as SERVICES
from service.knowledge.service_models import ServiceOrder
from service.knowledge.services.articles import PAUSED
from service.knowledge.services.missing import TO_ANSWER
from service.knowledge.services.rating import ASKED, follow_ticket
from service.tickets.hooks import register_ticket_follow_up

REPLY = "service.answer_feedback"
EVENTS = {
    "centre.unit": _("Unit of the customer-relations centre changed"),
    "services.completed": _("Catalogue of services completed"),
    "services.order": _("Booked service moved on"),
    "knowledge.filed": _("Article of the knowledge base filed"),
    "knowledge.checked": _("Article of the knowledge base checked"),
    "knowledge.missing_assigned": _("Question without an answer assigned"),
    "knowledge.missing_answered": _("Question without an answer closed by an article"),
    "knowledge.missing_dismissed": _("Question without an answer closed without an article"),
}
ORDER_TONES = {
    "requested": ("blue", "ring"),
    "confirmed": ("amber", "half"),
    "delivered": ("green", "tick"),
    "rated": ("green", "dot"),
    "cancelled": ("", "cross"),
}
MISSING_TONES = {
    "open": ("red", "ring"),
    "assigned": ("amber", "half"),
    "answered": ("green", "tick"),
    "dismissed": ("", "cross"),
}
MARKS = {
    "article": {
        "offered": Mark("green", "tick", pgettext_lazy("article", "Offered")),
        "paused": Mark("amber", "half", pgettext_lazy("article", "Kept back by a check")),
        "not_in_force": Mark("red", "cross", pgettext_lazy("article", "Not in force")),
    },
    "service_order": {
        key: Mark(*ORDER_TONES[key], word=word) for key, word in choices.ORDER_STATES
    },
    "missing_question": {
        key: Mark(*MISSING_TONES[key], word=word) for key, word in choices.MISSING_STATES
    },
}
MESSAGES = (
    MessageKind(
        key=PAUSED,
        label=_("An article you own is not right any more"),
        title=_("Article %(number)s is kept back: a check found it is not right"),
        body=_("Write the next version, or check it again. Until then it is offered to nobody."),
        icon="file",
        tone="red",
    ),
    MessageKind(
        key=TO_ANSWER,
        label=_("A question without an answer is given to you"),
        title=_("Write an answer: %(question)s"),
        body=_("It was asked %(asked)s times and found no article."),
        icon="bulb",
        tone="amber",
    ),
    MessageKind(
        key=expectations.WARNING,
        label=_("A customer expects what will not be, and the handover is near"),
        title=_("Speak with the customer before the handover on %(day)s"),
        body=_("An expectation is not met: %(topic)s."),
        icon="alert",
        tone="amber",
        show=expectations.words,
    ),
    MessageKind(
        key=ASKED,
        title=_("Were you satisfied with our answer?"),
        body=_("Your question %(number)s is answered. Rate us in ten seconds: %(link)s"),
        channels=(),
    ),
)
PLACES = (
    ("knowledge", "article-list", pgettext_lazy("page", "Knowledge base"), "bulb", VIEW),
    ("missing", "missing-list", _("Questions without an answer"), "alert", WORK_MISSING),
    ("help-cases", "help-case-list", _("Calls promised on the help page"), "phone", WORK_MISSING),
    ("ratings", "rating-list", _("Ratings of consultations"), "star", "service.view_ratings"),
    (
        "feedback",
        "opinion-list",
        _("Opinions without an answer"),
        "msg",
        "service.answer_feedback",
    ),
    ("services", "service-list", pgettext_lazy("page", "Services"), "gift", SERVICES),
    ("gaps", "gap-list", _("Unmet expectations"), "flag", "customers.view_customer"),
    ("centre", "centre", _("Customer-relations centre"), "building", centre_models.VIEW),
)
FIRST_PLACE = 565
# page -> the entry whose strip shows it, for whoever sees that one
UNDER = {
    **dict.fromkeys(("missing", "help-cases", "services", "centre"), "knowledge"),
    "ratings": "satisfaction",
    "feedback": "tickets",
    "gaps": "customers",
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    papers.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
    for name, marks in MARKS.items():
        register_marks(name, marks)
    _register_subjects()
    answer_views.register()
    case_views.register()
    register_ticket_follow_up("consult-rating", follow_ticket)
    for place, (key, url, words, icon, right) in enumerate(PLACES, start=FIRST_PLACE):
        parent = UNDER.get(key, "")
        register_entry(key, f"service:{url}", words, icon, place, right, parent=parent)


def _register_subjects() -> None:
    for found in (
        Subject(
            kind="article",
            model="service.Article",
            visible_to=lambda user: Article.objects.visible_to(user).select_related("document"),
            title=str,
            url_name="service:article-detail",
            label=_("Article of the knowledge base"),
        ),
        Subject(
            kind="missing_question",
            model="service.MissingQuestion",
            visible_to=lambda user: MissingQuestion.objects.visible_to(user),
            title=str,
            url_name="service:missing-detail",
            label=_("Question without an answer"),
        ),
        Subject(
            kind="service_order",
            model="service.ServiceOrder",
            visible_to=lambda user: ServiceOrder.objects.visible_to(user).select_related(
                "item", "customer"
            ),
            title=str,
            url_name="service:service-order",
            label=_("Booked service"),
        ),
    ):
        register_subject(found)
