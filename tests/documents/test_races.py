"""Two people at once: a signature and a change of the text take turns; one draft stays one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.approvals.models import ApprovalSignature
from crm_site.approvals.services import sign
from crm_site.common.refusals import RefusedError
from crm_site.documents.models import DocumentVersion
from crm_site.documents.services import change_document, create_document, submit_version
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Outline, Question, Scale, Section
from crm_site.questionnaires.services import Written, begin_sheet, create_questionnaire
from tests.documents.signing import draft, people_for

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each in a connection of its own, all at the same moment; return results or refusals."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int) -> None:
        barrier.wait()
        try:
            results[place] = works[place]()
        except RefusedError as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_what_was_signed_is_what_counts(project) -> None:
    now = timezone.now()
    writer, _reviewer, approver = people_for(project)
    for number in range(4):
        document = create_document(
            kind="sales-manual", draft=draft(), subject_id=project.pk, actor=writer, now=now
        )
        version = submit_version(document=document, actor=writer, now=now)
        approval = version.approval
        changed, signed = at_once(
            lambda document=document, number=number: change_document(
                document=document, draft=draft(text=f"改 {number}"), actor=writer, now=now
            ),
            lambda approval=approval: sign(
                approval_id=approval.pk, digest=approval.digest, signer=approver, now=now
            ),
        )
        first = DocumentVersion.objects.get(document=document, number=1)
        if first.is_approved:  # signed first: the change became the next version, or was refused
            assert first.sections[0]["text"] == "容积率 2.5"
            assert isinstance(changed, RefusedError) or changed.number == 2
        else:  # changed first: the signature for the old text was refused
            assert isinstance(signed, RefusedError)
            assert not ApprovalSignature.objects.standing().filter(approval=approval).exists()


def test_two_clicks_begin_one_draft(project) -> None:
    now = timezone.now()
    writer, _reviewer, _approver = people_for(project)
    outline = Outline((Section("", (Question(key="q1", label="印象", scale=Scale.FIVE),)),))
    form = create_questionnaire(
        written=Written(title="踩盘", use="survey", outline=outline),
        subject_kind="",
        actor=writer,
        now=now,
    )
    begin = [
        lambda: begin_sheet(questionnaire=form, subject_id=None, author=writer, now=now)
        for _time in range(3)
    ]
    assert len({sheet.pk for sheet in at_once(*begin)}) == 1
    assert AnswerSheet.objects.count() == 1
