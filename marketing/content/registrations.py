"""What content tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.claims.sources import register_claim_source
from customers.open_questions import QuestionSource, register_question_source
from marketing.content import approving, campaign_card, choices, policies, recommending
from marketing.content.models import (
    Advert,
    Asset,
    Community,
    LiveSession,
    Message,
    OwnerPost,
    PublicStory,
)
from marketing.content.querysets import KEEP, VIEW
from marketing.content.services.claims import published_candidates
from marketing.content.services.communities import question_taken, waiting_questions

EVENTS = {
    "advert.planned": _("Advert planned"),
    "advert.worded": _("Text of an advert written"),
    "advert.moved": _("Advert moved on"),
    "advert.opinion": _("Opinion on an advert given"),
    "asset.saved": _("Asset kept"),
    "asset.retired": _("Asset taken out of use"),
    "content.message": _("Message about a core value written"),
    "story.public_saved": _("Story of a customer written"),
    "story.published": _("Story of a customer published"),
    "story.ended": _("Story of a customer taken down"),
    "post.received": _("Post of an owner received"),
    "post.accepted": _("Post of an owner accepted"),
    "post.refused": _("Post of an owner refused"),
    "post.withdrawn": _("Post of an owner taken back"),
    "post.reused": _("Post of an owner used again"),
    "live.saved": _("Live session planned"),
    "live.held": _("Live session held"),
    "live.stopped": _("Live session called off"),
    "community.saved": _("Group kept"),
    "community.joined": _("Customer noted in a group"),
    "community.planned": _("Post of a group planned"),
    "feed.set": _("Public feed opened, closed or changed"),
}
GREEN, AMBER, RED, BLUE, GREY = "green", "amber", "red", "blue", ""
TONES: dict[str, tuple[Any, dict[str, tuple[str, str]]]] = {
    "advert": (
        choices.ADVERT_STATES,
        {
            "planned": (GREY, "ring"),
            "draft": (GREY, "half"),
            "review": (AMBER, "half"),
            "approved": (BLUE, "dia"),
            "released": (BLUE, "dot"),
            "published": (GREEN, "dot"),
            "evaluated": (GREEN, "tick"),
            "stopped": (GREY, "cross"),
        },
    ),
    "risk_word": (
        choices.LEVELS,
        {"banned": (RED, "cross"), "evidence": (AMBER, "dia"), "approval": (BLUE, "half")},
    ),
    "public_story": (
        choices.STORY_STATES,
        {"draft": (GREY, "ring"), "published": (GREEN, "dot"), "ended": (GREY, "cross")},
    ),
    "owner_post": (
        choices.POST_STATES,
        {
            "waiting": (AMBER, "ring"),
            "accepted": (GREEN, "tick"),
            "refused": (RED, "cross"),
            "withdrawn": (GREY, "cross"),
        },
    ),
    "live_session": (
        choices.SESSION_STATES,
        {
            "planned": (GREY, "ring"),
            "review": (AMBER, "half"),
            "approved": (BLUE, "dia"),
            "held": (GREEN, "tick"),
            "stopped": (GREY, "cross"),
        },
    ),
    "mood": (
        choices.MOODS,
        {"good": (GREEN, "dot"), "even": (GREY, "ring"), "upset": (RED, "tri")},
    ),
    "content_message": (
        Message.State.choices,
        {"waiting": (AMBER, "ring"), "ready": (GREEN, "tick"), "refused": (RED, "cross")},
    ),
}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    ("advert", Advert, "advert", _("Adverts")),
    ("asset", Asset, "asset", _("Assets")),
    ("content-message", Message, "content-message", _("Messages by core value")),
    ("public-story", PublicStory, "public-story", _("Stories of customers")),
    ("owner-post", OwnerPost, "owner-post", _("Posts of owners")),
    ("live-session", LiveSession, "live-session", _("Live sessions")),
    ("community", Community, "community", pgettext_lazy("community", "Groups")),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    approving.register()
    recommending.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (labels, tones) in TONES.items():
        words = dict(labels)
        register_marks(kind, {key: Mark(*tone, word=words[key]) for key, tone in tones.items()})
    for kind, model, url_name, label in SUBJECTS:
        register_subject(
            Subject(
                kind=kind,
                model=f"marketing.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"marketing:{url_name}",
                label=label,
            )
        )
    register_claim_source("adverts", published_candidates)
    register_question_source("communities", QuestionSource(waiting_questions, question_taken))
    campaign_card.register()
    _offer_pages()


def _offer_pages() -> None:
    page = ("marketing:adverts", pgettext_lazy("page", "Adverts and content"), "eye", 320, VIEW)
    register_entry("adverts", *page)
    for key, label, order, right in (
        ("advert-archive", pgettext_lazy("page", "Published adverts"), 321, VIEW),
        ("assets", pgettext_lazy("page", "Assets"), 322, VIEW),
        ("content-messages", pgettext_lazy("page", "Messages by core value"), 323, VIEW),
        ("public-stories", pgettext_lazy("page", "Stories of customers"), 324, VIEW),
        ("owner-posts", pgettext_lazy("page", "Posts of owners"), 325, KEEP),
        ("live-sessions", pgettext_lazy("page", "Live sessions"), 326, VIEW),
        ("communities", pgettext_lazy("page", "Groups"), 327, VIEW),
        ("public-feeds", pgettext_lazy("page", "Public feeds"), 328, VIEW),
    ):
        register_entry(key, f"marketing:{key}", label, "eye", order, right, parent="adverts")
