"""The forms of checks, offices, third parties and interviews."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.choices import BUYING_STAGES
from customers.models import Project
from marketing.selling import choices
from marketing.selling.check_models import SalesOffice
from marketing.selling.customer_models import InterviewProgramme
from marketing.selling.forms import day_field, long_field, offer
from marketing.selling.services.interviews import FindingDraft, items_for

FINDINGS = 3
# who works on tasks and can keep an office in order
KEEPERS = ("consultant", "supervisor", "specialist", "service_manager", "executive")


def consultants_for(user: User) -> Any:
    """Return the active consultants of the projects a person sees, by name."""
    projects = Project.objects.visible_to(user).order_by().values("pk")
    rows = User.objects.filter(is_active=True, role="consultant", node__project__in=projects)
    return rows.select_related("node").order_by("name", "pk")


class MysteryForm(forms.Form):
    """A visit of a mystery customer."""

    person = forms.ModelChoiceField(label=_("Consultant"), queryset=User.objects.none())
    happened_on = day_field(_("Day of the visit"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", consultants_for(user))


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class OfficeForm(forms.Form):
    """A sales office."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    is_open = forms.BooleanField(label=_("In use"), required=False, initial=True)
    keeper = forms.ModelChoiceField(label=_("Responsible"), queryset=User.objects.none())

    def __init__(
        self, *args: Any, user: User, office: SalesOffice | None = None, **kwargs: Any
    ) -> None:
        if office is not None:
            names = ("name", "address", "is_open")
            kwargs["initial"] = {name: getattr(office, name) for name in names}
            kwargs["initial"] |= {"project": office.project_id, "keeper": office.keeper_id}
        super().__init__(*args, **kwargs)
        people = colleagues_of(user, also=office.keeper_id if office else None)
        offer(self, "keeper", people.filter(role__in=KEEPERS))
        offer(self, "project", Project.objects.visible_to(user))


class ThirdPartyForm(forms.Form):
    """What a third party says about a customer."""

    source = forms.ChoiceField(label=_("Source"), choices=choices.SOURCES)
    provider = forms.CharField(label=_("Provider"), max_length=80)
    purpose = forms.ChoiceField(label=_("Used for"), choices=choices.AIMS)
    verdict = forms.ChoiceField(
        label=pgettext_lazy("third party", "Result"), choices=choices.VERDICTS
    )
    obtained_on = day_field(_("Obtained on"))
    summary = forms.CharField(
        label=_("In a sentence"),
        max_length=300,
        required=False,
        help_text=_("The result only. The paper itself is not kept."),
    )


class InterviewProgrammeForm(forms.Form):
    """A programme of depth interviews."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    title = forms.CharField(label=_("Title"), max_length=120)
    aim = forms.CharField(label=_("What is to be understood"), max_length=300)
    sample_size = forms.IntegerField(label=_("Interviews planned"), min_value=1, max_value=200)
    stage = forms.ChoiceField(
        label=_("Only customers of the stage"),
        choices=[("", _("Every stage")), *BUYING_STAGES],
        required=False,
    )
    starts_on = day_field(pgettext_lazy("span", "From"))
    ends_on = day_field(pgettext_lazy("span", "Until"))
    owner = forms.ModelChoiceField(label=_("Accountable"), queryset=User.objects.none())

    def __init__(
        self, *args: Any, user: User, programme: InterviewProgramme | None = None, **kwargs: Any
    ) -> None:
        if programme is not None:
            names = ("title", "aim", "sample_size", "stage", "starts_on", "ends_on")
            kwargs["initial"] = {name: getattr(programme, name) for name in names}
            kwargs["initial"] |= {"project": programme.project_id, "owner": programme.owner_id}
        super().__init__(*args, **kwargs)
        people = colleagues_of(user, also=programme.owner_id if programme else None)
        offer(self, "owner", people)
        offer(self, "project", Project.objects.visible_to(user))


class HeldForm(forms.Form):
    """An interview with what it brought to light."""

    summary = long_field(pgettext_lazy("sheet", "Summary"), limit=2000, rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, FINDINGS + 1):
            words = {"n": place}
            self.fields[f"tag_{place}"] = forms.ChoiceField(
                label=_("Insight %(n)s") % words, choices=choices.INSIGHTS
            )
            self.fields[f"text_{place}"] = forms.CharField(
                label=_("Finding %(n)s") % words, max_length=500, required=place == 1
            )

    def findings(self) -> list[FindingDraft]:
        """Return the findings that were written down."""
        data = self.cleaned_data
        places = range(1, FINDINGS + 1)
        found = [FindingDraft(data[f"tag_{place}"], data[f"text_{place}"]) for place in places]
        return [one for one in found if one.text]


class LinkForm(forms.Form):
    """The improvement item a finding leads to."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"] = forms.TypedChoiceField(
            label=_("Improvement item"), choices=[("", "--"), *items_for(user)], coerce=int
        )
