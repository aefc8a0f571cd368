"""What knowledge tells the other parts: kinds of documents, events, messages, marks, places."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.documents.registry import DocumentKind, register_kind
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.registers.registry import RegisterDefinition, RegisterField, register_definition
from service.knowledge import policies
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.querysets import VIEW, WORK_MISSING
from service.knowledge.services.articles import KIND, PAUSED
from service.knowledge.services.missing import TO_ANSWER
from service.knowledge.services.rating import ASKED, follow_ticket
from service.tickets.hooks import register_ticket_follow_up

REPLY = "service.answer_feedback"
WRITE, APPROVE = "service.write_knowledge", "service.approve_knowledge"
EVENTS = {
    "knowledge.filed": _("Article of the knowledge base filed"),
    "knowledge.checked": _("Article of the knowledge base checked"),
    "knowledge.missing_assigned": _("Question without an answer assigned"),
    "knowledge.missing_answered": _("Question without an answer closed by an article"),
    "knowledge.missing_dismissed": _("Question without an answer closed without an article"),
}
MARKS = {
    "article": {
        "offered": Mark("green", "tick", pgettext_lazy("article", "Offered")),
        "paused": Mark("amber", "half", pgettext_lazy("article", "Kept back by a check")),
        "not_in_force": Mark("red", "cross", pgettext_lazy("article", "Not in force")),
    },
    "missing_question": {
        "open": Mark("red", "ring", pgettext_lazy("missing answer", "Open")),
        "assigned": Mark("amber", "half", pgettext_lazy("missing answer", "Assigned")),
        "answered": Mark("green", "tick", pgettext_lazy("missing answer", "Answered by an article")),
        "dismissed": Mark("", "cross", pgettext_lazy("missing answer", "Needs no article")),
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
)

IMPROVEMENTS = RegisterDefinition(
    key="consult-improvements",
    label=_("Improvements of consultation"),
    item=_("Improvement of consultation"),
    help=_("What is done better after ratings of a month, by whom and until when."),
    fields=(
        RegisterField(key="month", label=_("Month looked at"), required=True),
        RegisterField(key="finding", label=_("What the ratings show"), type="long", required=True),
        RegisterField(key="measure", label=_("What is done"), type="long", required=True),
    ),
    title_label=_("Improvement"),
    view_permission="service.view_ratings",
    edit_permission="service.view_ratings",
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
    for kind, marks in MARKS.items():
        register_marks(kind, marks)
    register_kind(
        DocumentKind(
            key=KIND,
            label=_("Article of the knowledge base"),
            prefix="KB",
            edit_permission=WRITE,
            approvers=(APPROVE,),
            help=_("One question and its approved answer, for the desk and the help page."),
        )
    )
    register_definition(IMPROVEMENTS)
    declare_message(
        MessageKind(
            key=ASKED,
            title=_("Were you satisfied with our answer?"),
            body=_("Your question %(number)s is answered. Rate us in ten seconds: %(link)s"),
            channels=(),
        )
    )
    register_ticket_follow_up("consult-rating", follow_ticket)
    _register_subjects()
    name = pgettext_lazy("page", "Knowledge base")
    register_entry("knowledge", "service:article-list", name, "bulb", 160, VIEW)
    missing = _("Questions without an answer")
    register_entry(
        "missing", "service:missing-list", missing, "alert", 161, WORK_MISSING
    )
    ratings = _("Ratings of consultations")
    register_entry("ratings", "service:rating-list", ratings, "star", 163, "service.view_ratings")
    opinions = _("Opinions without an answer")
    register_entry("feedback", "service:feedback-list", opinions, "msg", 164, REPLY)
    calls = _("Calls promised on the help page")
    register_entry("help-cases", "service:help-case-list", calls, "phone", 162, WORK_MISSING)


def _register_subjects() -> None:
    register_subject(
        Subject(
            kind="article",
            model="service.Article",
            visible_to=lambda user: Article.objects.visible_to(user).select_related("document"),
            title=str,
            url_name="service:article-detail",
            label=_("Article of the knowledge base"),
        )
    )
    register_subject(
        Subject(
            kind="missing_question",
            model="service.MissingQuestion",
            visible_to=lambda user: MissingQuestion.objects.visible_to(user),
            title=str,
            url_name="service:missing-detail",
            label=_("Question without an answer"),
        )
    )
