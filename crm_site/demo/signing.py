"""Approvals of the past as they stand once everybody has signed and they were used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.registry import approval_kind
from crm_site.approvals.services import content_digest
from crm_site.staff.models import User
from crm_site.staff.selectors import lineage


@dataclass(frozen=True, slots=True)
class Signed:
    """An approval that was asked for by ``author`` and signed by ``signers``, in their order."""

    kind: str
    subject: tuple[str, int]
    title: str
    content: Mapping[str, Any]
    author: User
    signers: Sequence[User]
    asked_at: datetime
    reason: str = ""


@dataclass(slots=True)
class Desk:
    """Writes signed approvals in sets."""

    places: dict[int, list[int]] = field(default_factory=dict)

    def write(self, asked: Sequence[Signed]) -> list[Approval]:
        """Write all of ``asked`` with their signatures; return the approvals in their order."""
        approvals = Approval.objects.bulk_create([self._approval(each) for each in asked])
        ApprovalSignature.objects.bulk_create(
            ApprovalSignature(
                approval=approval,
                step=step,
                signer=signer,
                requester=each.author,
                digest=approval.digest,
                at=each.asked_at + timedelta(hours=2 * step + 1),
            )
            for approval, each in zip(approvals, asked, strict=True)
            for step, signer in enumerate(each.signers)
        )
        return approvals

    def _approval(self, each: Signed) -> Approval:
        kind = approval_kind(each.kind)
        steps = kind.steps_for(each.content)
        if len(steps) != len(each.signers):
            message = f"{each.kind} asks for {steps}"
            raise RuntimeError(message)
        decided_at = each.asked_at + timedelta(hours=2 * len(steps))
        if each.author.pk not in self.places:
            self.places[each.author.pk] = lineage(each.author.node)
        return Approval(
            kind=each.kind,
            subject_kind=each.subject[0],
            subject_id=str(each.subject[1]),
            title=each.title[:200],
            reason=each.reason,
            content=dict(each.content),
            digest=content_digest(each.content),
            steps=list(steps),
            joint=kind.joint,
            requester=each.author,
            places=self.places[each.author.pk],
            state=Approval.State.USED,
            created_at=each.asked_at,
            expires_at=each.asked_at + kind.valid_for,
            decided_at=decided_at,
            used_at=decided_at,
        )
