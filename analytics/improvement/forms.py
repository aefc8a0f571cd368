"""The forms of improvement."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.improvement import choices
from analytics.improvement.people_models import Appraisal
from analytics.improvement.programme_models import PdcaItem, Programme
from analytics.improvement.querysets import people_under
from analytics.improvement.rules.pdca import Stage
from analytics.reviews.forms import day_field, long_field
from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of


def person_field(label: Any) -> forms.ModelChoiceField:
    """Return a field for a person; the form sets who can be chosen."""
    return forms.ModelChoiceField(label=label, queryset=User.objects.none())


def offer(form: forms.Form, name: str, people: Any) -> None:
    """Let a field of people choose among these."""
    form.fields[name].queryset = people  # type: ignore[attr-defined]


class ProgrammeForm(forms.Form):
    """A programme: what for, whose, from when to when."""

    title = forms.CharField(label=_("Title"), max_length=120)
    aim = long_field(_("Aim"), limit=500)
    owner = person_field(_("Accountable"))
    starts_on = day_field(_("Starts on"))
    ends_on = day_field(_("Ends on"))

    def __init__(
        self, *args: Any, user: User, programme: Programme | None = None, **kwargs: Any
    ) -> None:
        if programme is not None:
            names = ("title", "aim", "starts_on", "ends_on")
            kwargs["initial"] = {name: getattr(programme, name) for name in names}
            kwargs["initial"]["owner"] = programme.owner_id
        super().__init__(*args, **kwargs)
        offer(self, "owner", colleagues_of(user, also=programme.owner_id if programme else None))


class ItemForm(forms.Form):
    """An item: track, theme, department, who is accountable, what measures it."""

    title = forms.CharField(label=_("Title"), max_length=160)
    track = forms.ChoiceField(label=_("Track"), choices=[("", "--"), *choices.TRACKS])
    theme = forms.ChoiceField(label=_("Theme"), choices=choices.THEMES)
    department = forms.ChoiceField(label=_("Department"), choices=choices.DEPARTMENTS)
    accountable = person_field(_("Accountable"))
    due_on = day_field(_("Until"))
    measure = forms.CharField(label=_("What is measured"), max_length=160)
    baseline = forms.DecimalField(label=_("Value before"), max_digits=16, decimal_places=4)
    goal = forms.DecimalField(label=_("Value to reach"), max_digits=16, decimal_places=4)

    def __init__(self, *args: Any, user: User, item: PdcaItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            names = [name for name in self.base_fields if name != "accountable"]
            kwargs["initial"] = {name: getattr(item, name) for name in names}
            kwargs["initial"]["accountable"] = item.accountable_id
        super().__init__(*args, **kwargs)
        offer(self, "accountable", colleagues_of(user, also=item.accountable_id if item else None))


STEP_WORDS = {
    Stage.PLAN: pgettext_lazy("PDCA step", "The plan: what will be done, by whom, with what"),
    Stage.DO: pgettext_lazy("PDCA step", "What was done, with evidence"),
    Stage.CHECK: pgettext_lazy("PDCA step", "What the check found"),
    Stage.ACT: pgettext_lazy("PDCA step", "What follows for the standard"),
}


class StepForm(forms.Form):
    """What takes an item one stage further; its fields follow the stage."""

    words = long_field("", limit=2000)

    def __init__(
        self, *args: Any, item: PdcaItem, earlier_wait: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        stage = Stage(item.stage)
        self.fields["words"].label = str(STEP_WORDS.get(stage, ""))
        if stage is Stage.PLAN and earlier_wait:
            self.fields["order_reason"] = forms.CharField(
                label=_("Why this goes before the earlier themes"), max_length=300
            )
        if stage is Stage.DO:
            self.fields["measured"] = forms.DecimalField(
                label=_("Measured result: %(what)s") % {"what": item.measure},
                max_digits=16,
                decimal_places=4,
            )
        if stage is Stage.ACT:
            self.fields["decision"] = forms.ChoiceField(
                label=_("What follows"), choices=choices.DECISIONS
            )


class WordsForm(forms.Form):
    """A reason or a decision in words."""

    words = long_field(_("Reason"), limit=2000)


class NoteForm(forms.Form):
    """What was decided at a gate."""

    note = forms.CharField(label=_("What was decided"), max_length=300)


class EvaluationForm(forms.Form):
    """The span an evaluation looks at, and the judgement."""

    starts_on = day_field(pgettext_lazy("span", "From"))
    ends_on = day_field(pgettext_lazy("span", "Until"))
    note = forms.CharField(label=_("Judgement"), max_length=500)

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it starts."""
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The end lies before the beginning."))
        return data


class MeansForm(forms.Form):
    """Means of one kind: planned and used."""

    kind = forms.ChoiceField(label=_("Means"), choices=choices.RESOURCES)
    planned = forms.DecimalField(label=_("Planned"), max_digits=14, decimal_places=2, min_value=0)
    used = forms.DecimalField(
        label=_("Used"), max_digits=14, decimal_places=2, min_value=0, initial=0
    )


class WorkshopForm(forms.Form):
    """A workshop: when, where, with whom."""

    title = forms.CharField(label=_("Title"), max_length=120)
    held_on = day_field(_("Held on"))
    place = forms.CharField(label=_("Where"), max_length=120)
    experts = forms.CharField(label=_("Own experts"), max_length=300)
    advisers = forms.CharField(label=_("Advisers from outside"), max_length=300, required=False)


class FindingForm(forms.Form):
    """What a workshop found, and whose it is."""

    text = forms.CharField(label=pgettext_lazy("workshop", "Finding"), max_length=300)
    owner = person_field(_("Responsible"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", colleagues_of(user))


class OpenAppraisalForm(forms.Form):
    """Whom to appraise, for the quarter that holds a day."""

    person = person_field(_("Colleague"))
    day = day_field(_("A day of the quarter"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", people_under(user).order_by("name", "pk"))


class MarksForm(forms.Form):
    """A mark and its evidence for each dimension."""

    def __init__(self, *args: Any, appraisal: Appraisal, **kwargs: Any) -> None:
        lines = {one.dimension: one for one in appraisal.lines.all()}
        initial: dict[str, Any] = {}
        for key, one in lines.items():
            initial |= {f"{key}_mark": one.mark, f"{key}_evidence": one.evidence}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for key, label in choices.DIMENSIONS:
            self.fields[f"{key}_mark"] = forms.DecimalField(
                label=_("%(what)s: mark from 0 to 100") % {"what": label},
                max_digits=5,
                decimal_places=2,
                min_value=0,
                max_value=100,
            )
            self.fields[f"{key}_evidence"] = forms.CharField(
                label=_("%(what)s: evidence") % {"what": label}, max_length=300
            )


class DecideForm(MarksForm):
    """The decision of an appeal: marks, and the answer."""

    answer = long_field(_("Answer to the person"), limit=2000)


class AppealForm(forms.Form):
    """What speaks against an appraisal."""

    text = long_field(_("What speaks against it"), limit=2000)


class BonusForm(forms.Form):
    """Of which quarter, and the total pay of the region."""

    day = day_field(_("A day of the quarter"))
    total_pay = forms.DecimalField(
        label=_("Total pay (yuan)"), max_digits=14, decimal_places=2, min_value=0
    )


class GrantForm(forms.Form):
    """A commission or a reward for a person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices.INCENTIVES[:3])
    amount = forms.DecimalField(label=_("Amount (yuan)"), max_digits=14, decimal_places=2)
    note = forms.CharField(label=_("For what"), max_length=300)


class HonourForm(forms.Form):
    """A distinction without money."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices.HONOURS)
    title = forms.CharField(label=_("Title"), max_length=120)
    reason = forms.CharField(label=_("For what"), max_length=300)
    given_on = day_field(_("Given on"))


class NominationForm(forms.Form):
    """A colleague, what they did for a customer, and when."""

    person = person_field(_("Colleague"))
    act = forms.CharField(label=_("What they did"), max_length=300)
    happened_on = day_field(pgettext_lazy("act", "When"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", colleagues_of(user).exclude(pk=user.pk))


class ReasonForm(forms.Form):
    """Why an entry is reversed."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
