"""Risk words, reviewers of adverts, points for posts and times of groups, as policies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from marketing.content import choices
from marketing.content.risk_words import GROUPS
from marketing.content.rules.adverts import Reviewer
from marketing.content.rules.scanning import Level, Term

WORDS: Final = "adverts.words"
REVIEW: Final = "adverts.review"
PUBLIC: Final = "content.public"


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Words that one rule of law is about; ``#`` stands for a number, ``*`` for a few letters."""

    law: str = setting(_("Rule"), default="")
    level: Level = setting(  # noqa: RUF009 -- a dataclass field
        pgettext_lazy("risk word", "What it asks for"),
        default=Level.BANNED,
        labels=dict(choices.LEVELS),
    )
    advice: str = setting(pgettext_lazy("risk word", "Advice to the author"), default="")
    words: tuple[str, ...] = setting(pgettext_lazy("risk word", "Words"), default=())
    inside: tuple[str, ...] = setting(_("Not inside these words"), default=())
    near: tuple[str, ...] = setting(_("Not where these stand near"), default=())


DEFAULT: Final = tuple(
    RiskGroup(
        law=group["law"],
        level=group["level"],
        advice=group["advice"],
        words=tuple(group["words"].split()),
        inside=tuple(group.get("inside", "").split()),
        near=tuple(group.get("near", "").split()),
    )
    for group in GROUPS
)


@dataclass(frozen=True, slots=True)
class RiskWords:
    """The words adverts are searched for."""

    groups: tuple[RiskGroup, ...] = setting(
        pgettext_lazy("risk word", "Rule"),
        default=DEFAULT,
        help=_("In a word # stands for a number, * for up to eight letters."),
    )

    def __post_init__(self) -> None:
        if not any(group.level is Level.BANNED and group.words for group in self.groups):
            raise FieldError("groups", _("Without banned words nothing would be held back."))
        if any(group.words and not group.law for group in self.groups):
            raise FieldError("groups", _("Name the rule behind each group of words."))

    def terms(self) -> tuple[Term, ...]:
        """Return the words as the scan reads them."""
        return tuple(
            Term(word, group.level, group.law, group.advice, group.inside, group.near)
            for group in self.groups
            for word in group.words
        )


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """Who reads an advert before it is released, and how long the approval counts."""

    reviewers: tuple[str, ...] = setting(
        _("Departments that sign"),
        default=tuple(one.value for one in Reviewer),
        labels=dict(choices.REVIEWERS),
    )

    def __post_init__(self) -> None:
        known = [one.value for one in Reviewer]
        if not set(self.reviewers) <= set(known):
            raise FieldError(
                "reviewers", _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(known)}
            )
        if len(set(self.reviewers)) != len(self.reviewers):
            raise FieldError("reviewers", _("Name each department once."))
        if Reviewer.LEGAL.value not in self.reviewers:
            raise FieldError("reviewers", _("Every advert is read by legal."))


@dataclass(frozen=True, slots=True)
class PublicRules:
    """Posts of owners, stories and questions in groups."""

    post_points: int = setting(
        _("Points for an accepted post"), default=50, unit=_("points"), low=0, high=10_000
    )
    answer_hours: int = setting(
        _("A question in a group is answered within"),
        default=24,
        unit=_("hours"),
        low=1,
        high=168,
        help=_("After that it becomes an inquiry of the service desk."),
    )
    consent_months: int = setting(
        _("The consent to a story counts at most"),
        default=24,
        unit=_("months"),
        low=1,
        high=60,
    )


def risk_words(now: datetime) -> tuple[tuple[Term, ...], int]:
    """Return the words in force and the version of their list."""
    held = in_force(WORDS, at=now)
    return held.value.terms(), held.version


def review_rules(now: datetime) -> ReviewRules:
    """Return the rules of the joint review in force."""
    found: ReviewRules = in_force(REVIEW, at=now).value
    return found


def public_rules(now: datetime) -> PublicRules:
    """Return the rules of posts, stories and groups in force."""
    found: PublicRules = in_force(PUBLIC, at=now).value
    return found


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=WORDS,
            label=_("Risk words of adverts"),
            area=PolicyArea.CONTACT,
            help=_("Words no advert may hold, or only with proof (Advertising Law, 9 and 26)."),
            shape=RiskWords,
            default=RiskWords(),
        )
    )
    register_policy(
        PolicyKind(
            key=REVIEW,
            label=_("Joint review of adverts"),
            area=PolicyArea.CONTACT,
            help=_("Which departments sign an advert before its final approval."),
            shape=ReviewRules,
            default=ReviewRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=PUBLIC,
            label=_("Stories, posts and groups"),
            area=PolicyArea.CONTACT,
            help=_("Points for posts, time to answer in groups, how long consents count."),
            shape=PublicRules,
            default=PublicRules(),
        )
    )
