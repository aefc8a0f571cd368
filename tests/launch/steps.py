"""Short cuts to what a launch asks for."""

from datetime import datetime

from django.utils import timezone

from crm_site.documents.services import acknowledge
from crm_site.documents.services.content import digest_of
from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.rules import Scale
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.launch.briefing import assign_seller, hold_briefing
from customers.launch.models import TechnicalBriefing
from customers.launch.sheets import BRIEFING_TEST, COMFORT_CHECK, RISK_CHECK
from customers.models import Project
from tests.documents.signing import paper_in_force, people_for
from tests.factories import UserFactory


def confirmed_manual(project: Project, now: datetime) -> None:
    """Have a sales manual in force that every consultant of the project has confirmed."""
    document = paper_in_force("sales-manual", project, now)
    version = document.versions.get()
    for reader in consultants_in(project.node):
        acknowledge(version=version, digest=digest_of(version), reader=reader, now=now)


def answers(key: str, *, wrong: int = 0) -> dict[str, str]:
    """Return the best answers of a form, the last ``wrong`` of them the worst."""
    questions = [
        one
        for one in ensure_default(key).latest().outline.questions()
        if one.scale in {Scale.YES, Scale.CHOICE}
    ]
    best = {one.key: one.right or "yes" for one in questions}
    for one in questions[len(questions) - wrong :]:
        best[one.key] = next(value for value in one.values if value != best[one.key])
    return best


def filled_sheet(
    key: str, project: Project, author: User, now: datetime, *, wrong: int = 0
) -> AnswerSheet:
    """Finish a form about the project."""
    form = ensure_default(key)
    sheet = begin_sheet(questionnaire=form, subject_id=project.pk, author=author, now=now)
    filled = Filled(answers=answers(key, wrong=wrong))
    return save_sheet(sheet=sheet, filled=filled, complete=True, actor=author, now=now)


def briefed(project: Project, people: list[User], now: datetime) -> TechnicalBriefing:
    """Hold a technical briefing today, with ``people`` there."""
    row = TechnicalBriefing(
        project=project,
        held_on=timezone.localdate(now),
        briefed_by="设计院 何工",
        items="户型、结构与交付标准",
    )
    return hold_briefing(briefing=row, people=people, actor=people[0], now=now)


def checked(project: Project, now: datetime) -> None:
    """Have risk check and comfort check done."""
    _writer, centre, _approver = people_for(project)
    for key in (RISK_CHECK, COMFORT_CHECK):
        filled_sheet(key, project, centre, now)


def with_seller(project: Project, now: datetime) -> User:
    """Have a consultant who passed the briefing assigned to the launch."""
    person = consultants_in(project.node).first() or UserFactory(node=project.node)
    briefed(project, [person], now)
    filled_sheet(BRIEFING_TEST, project, person, now)
    assign_seller(project=project, person=person, actor=person, now=now)
    return person


def prepared(project: Project, now: datetime) -> None:
    """Have everything done but the sales hall: papers, checks, briefing."""
    with_seller(project, now)
    confirmed_manual(project, now)
    paper_in_force("uniform-wording", project, now)
    checked(project, now)
