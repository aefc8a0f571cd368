"""The company's password rules at work: new ones, the last ones, and when one is too old (A-18)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.staff.models import OrgNode, PastPassword, User
from crm_site.staff.rules.organisation import NodeKind
from crm_site.staff.rules.passwords import DEMANDS, LONGEST, Demands, Fault, Profile, faults

WORDS: dict[Fault, str | Promise] = {
    Fault.SHORT: gettext_lazy("Use at least %(shortest)s characters."),
    Fault.LONG: gettext_lazy("Use at most %(longest)s characters."),
    Fault.PLAIN: gettext_lazy(
        "Mix at least %(classes)s of these: small letters, capital letters, digits, other signs."
    ),
    Fault.WORD: gettext_lazy(
        "Leave out your name, your user name and the names of the company and its projects."
    ),
    Fault.COMMON: gettext_lazy("Many people use this password. Choose another one."),
    Fault.USED: gettext_lazy("Choose one that differs from your last %(remembered)s passwords."),
}
KEPT = max(demands.remembered for demands in DEMANDS.values())


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """Which profile holds, and which words of the company no password may hold."""

    profile: Profile = Profile.MLPS
    words: tuple[str, ...] = ()

    @property
    def demands(self) -> Demands:
        """The numbers of the profile."""
        return DEMANDS[self.profile]


_rules: list[Callable[[datetime], PasswordRules]] = []


def register_rules(rules: Callable[[datetime], PasswordRules]) -> None:
    """Ask ``rules(now)`` what holds; the floor of policies knows, this one does not."""
    _rules[:] = [rules]


def rules_at(now: datetime) -> PasswordRules:
    """Return what holds ``now``; the stricter profile where nobody says."""
    return _rules[0](now) if _rules else PasswordRules()


def due_at(user: User, *, now: datetime) -> datetime | None:
    """Return when the password of ``user`` has to be changed, None where it never has to."""
    age = rules_at(now).demands.max_age
    return None if age is None else user.password_set_at + age


class ProfileValidator:
    """Django's door to the rules: every form and command that sets a password asks it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError that names everything wrong with ``password``."""
        rules = rules_at(timezone.now())
        demands = rules.demands
        found = faults(password, demands=demands, words=[*rules.words, *_words_about(user)])
        if _is_common(password):
            found.append(Fault.COMMON)
        if not found and _was_used(password, user, demands.remembered):
            found.append(Fault.USED)
        if found:
            raise ValidationError(
                [ValidationError(_worded(fault, demands), code=fault.value) for fault in found]
            )

    def get_help_text(self) -> str:
        """Return the rules in words."""
        demands = rules_at(timezone.now()).demands
        if not demands.classes:
            text = _(
                "At least %(shortest)s characters; %(advised)s or more are better. "
                "A sentence does well, in any language."
            )
            return text % {"shortest": demands.shortest, "advised": demands.advised}
        text = _(
            "At least %(shortest)s characters with %(classes)s of these: small letters, capital "
            "letters, digits, other signs. It has to be changed every %(days)s days."
        )
        days = demands.max_age.days if demands.max_age else 0
        return text % {"shortest": demands.shortest, "classes": demands.classes, "days": days}

    def password_changed(self, password: str, user: Any = None) -> None:
        """Remember the new password of a stored account; Django calls this after saving it."""
        if isinstance(user, User) and user.pk:
            _remember(user, now=timezone.now())


def _remember(user: User, *, now: datetime) -> None:
    User.objects.filter(pk=user.pk).update(password_set_at=now)
    user.password_set_at = now
    PastPassword.objects.create(user=user, password=user.password, set_at=now)
    past = PastPassword.objects.filter(user=user)
    kept = list(past.order_by("-pk").values_list("pk", flat=True)[:KEPT])
    past.exclude(pk__in=kept).delete()


def _was_used(password: str, user: Any, remembered: int) -> bool:
    """Tell whether ``password`` is one of the last ``remembered`` of ``user``, or the current."""
    if not remembered or not isinstance(user, User) or user.pk is None:
        return False
    past = PastPassword.objects.filter(user=user).order_by("-pk")[:remembered]
    stored = {user.password, *past.values_list("password", flat=True)}
    return any(check_password(password, one) for one in stored)


@lru_cache(maxsize=1)
def _common_passwords() -> CommonPasswordValidator:
    """Return the list of common passwords, unpacked once."""
    return CommonPasswordValidator()


def _is_common(password: str) -> bool:
    try:
        _common_passwords().validate(password)
    except ValidationError:
        return True
    return False


def _words_about(user: Any) -> list[str]:
    """Return what is no secret about ``user`` and the company: names, number, places."""
    kinds = [NodeKind.HEAD_OFFICE.value, NodeKind.REGION.value, NodeKind.PROJECT.value]
    words = list(OrgNode.objects.filter(kind__in=kinds).values_list("name", flat=True))
    if isinstance(user, User):
        words += [user.username, user.name, user.employee_no]
    return words


def _worded(fault: Fault, demands: Demands) -> str:
    return str(WORDS[fault]) % {
        "shortest": demands.shortest,
        "classes": demands.classes,
        "remembered": demands.remembered,
        "longest": LONGEST,
    }
