"""The questions asked of answer sheets, limited to what a user may see."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from crm_site.common.subjects import UnknownSubjectError, subject
from crm_site.questionnaires.defaults import keys_of_tests

FILL = "questionnaires.fill_in"
EDIT = "questionnaires.edit_questionnaires"


class SheetQuerySet(models.QuerySet[Any]):
    """Questions about answer sheets."""

    def visible_to(self, user: Any) -> Self:
        """Return sheets about what ``user`` may see; of drafts, tests and others only one's own.

        Others are about nothing; whoever writes questionnaires reads these and tests as well.
        """
        if not user.is_authenticated or not user.has_perm(FILL):
            return self.none()
        free = Q(subject_kind="")
        if not user.has_perm(EDIT):
            free &= Q(author=user)
        seen = free
        forms = apps.get_model("questionnaires", "Questionnaire")._default_manager
        for kind in forms.exclude(subject_kind="").values_list("subject_kind").distinct():
            try:
                known = subject(kind[0]).visible_to(user).order_by().values("pk")
            except UnknownSubjectError:
                continue
            seen |= Q(subject_kind=kind[0], subject_id__in=known)
        others = Q(state="complete")
        if not user.has_perm(EDIT):
            others &= ~Q(questionnaire__key__in=keys_of_tests())
        return self.filter(seen).filter(others | Q(author=user))

    def about(self, kind: str, id: int) -> Self:
        """Return the sheets about one subject."""
        return self.filter(subject_kind=kind, subject_id=id)

    def complete(self) -> Self:
        """Return what is finished."""
        return self.filter(state="complete")
