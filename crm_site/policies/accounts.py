"""The policy of passwords: the security administrator proposes, head office approves (A-18)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from crm_site.staff.passwords import PasswordRules, register_rules
from crm_site.staff.rules.passwords import Profile

PASSWORDS: Final = "account.passwords"


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Which rule book passwords follow, and words of the company that none may hold."""

    profile: Profile = setting(  # noqa: RUF009 -- a field with its words
        _("Profile"),
        default=Profile.MLPS,
        labels={
            "mlps": _("MLPS: 10 characters, 3 kinds of them, changed every 90 days"),
            "nist": _("NIST and ASVS: 8 characters or more, no mixing, no forced change"),
        },
    )
    words: tuple[str, ...] = setting(
        _("Words that no password may hold"),
        default=("anju",),
        help=_("Separated by commas. The names of places and of the person are always refused."),
    )


def rules(now: datetime) -> PasswordRules:
    """Return what the policy in force ``now`` says."""
    held: PasswordPolicy = in_force(PASSWORDS, at=now).value
    return PasswordRules(profile=held.profile, words=held.words)


def register() -> None:
    """Make the policy known, and let accounts follow it."""
    register_policy(
        PolicyKind(
            key=PASSWORDS,
            label=_("Passwords"),
            area=PolicyArea.ACCOUNTS,
            help=_("Which rules a new password meets, and how long it may be used."),
            shape=PasswordPolicy,
            default=PasswordPolicy(),
            change_permission="staff.manage_roles",
        )
    )
    register_rules(rules)
