"""Sheets of selling, filled in by the service as the page does."""

from datetime import datetime

from crm_site.questionnaires.models import AnswerSheet
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.staff.models import User
from tests.launch.steps import answers


def fill(
    key: str, author: User, now: datetime, *, subject: int | None = None, wrong: int = 0
) -> AnswerSheet:
    """Finish a form with the best answers, the last ``wrong`` of them the worst."""
    form = ensure_default(key)
    sheet = begin_sheet(questionnaire=form, subject_id=subject, author=author, now=now)
    filled = Filled(answers=answers(key, wrong=wrong))
    return save_sheet(sheet=sheet, filled=filled, complete=True, actor=author, now=now)
