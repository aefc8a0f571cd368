"""What of content needs signatures: adverts, scripts, messages about keeping value."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.staff.models import OrgNode
from crm_site.staff.selectors import lineage
from marketing.content import choices
from marketing.content.querysets import KEEP, REVIEW, SIGN, SIGN_APPRECIATION
from marketing.content.services import adverts, assets, sessions

WITHIN: Final = timedelta(days=60)


def advert_steps(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return who signs an advert: the departments, for value a special one, the final approval."""
    special = (SIGN_APPRECIATION,) if content["appreciation"] else ()
    return (*(REVIEW[name] for name in content["reviewers"]), *special, SIGN)


def places_of(content: Mapping[str, Any]) -> list[int]:
    """Return the project it is about and what stands above: people there may sign."""
    node = OrgNode.objects.filter(pk=content["node"]).first() if content["node"] else None
    return lineage(node)


def describe_advert(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what is signed in words."""
    media, kinds = dict(choices.MEDIA), dict(choices.CLAIM_KINDS)
    claims = [
        (kinds.get(kind, kind), f"{text} ({evidence or '--'})")
        for kind, text, evidence in content["claims"]
    ]
    return [
        (_("Number"), content["number"]),
        (_("Version"), content["version"]),
        (pgettext_lazy("publicity", "Medium"), media.get(content["medium"], content["medium"])),
        (pgettext_lazy("advert", "Text"), content["text"]),
        (_("Facts used"), content["facts"] or "--"),
        *claims,
        (_("Risk words, version of the list"), content["words"]),
    ]


def describe_script(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what is signed of a live session."""
    return [
        (_("Session"), content["title"]),
        (_("Platform"), dict(choices.PLATFORMS).get(content["platform"], content["platform"])),
        (_("Script"), content["script"]),
    ]


def describe_message(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return what is signed of a message."""
    return [(_("Headline"), content["headline"]), (_("Text"), content["body"])]


def register() -> None:
    """Make the kinds known."""
    register_approval(
        ApprovalKind(
            key=adverts.APPROVAL,
            label=_("Joint review of an advert"),
            steps=advert_steps,
            signers=(*REVIEW.values(), SIGN_APPRECIATION, SIGN),
            joint=True,
            valid_for=WITHIN,
            describe=describe_advert,
            request_permission=KEEP,
            on_decided=adverts.decide_advert,
            places=places_of,
        )
    )
    register_approval(
        ApprovalKind(
            key=sessions.APPROVAL,
            label=_("Script of a live session"),
            steps=(REVIEW["legal"], SIGN),
            joint=True,
            valid_for=WITHIN,
            describe=describe_script,
            request_permission=KEEP,
            on_decided=sessions.decide_script,
            places=places_of,
        )
    )
    register_approval(
        ApprovalKind(
            key=assets.APPROVAL,
            label=_("Message about keeping value"),
            steps=(SIGN_APPRECIATION,),
            valid_for=WITHIN,
            describe=describe_message,
            request_permission=KEEP,
            on_decided=assets.decide_message,
        )
    )
