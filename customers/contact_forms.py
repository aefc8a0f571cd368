"""What people fill in about consents, channels, texts and news."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import choices
from customers.filters import visible_projects
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.news import NewsEntry
from customers.vocabulary import options

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)


class ConsentForm(forms.Form):
    """One answer for one purpose; nothing is chosen beforehand."""

    purpose = forms.TypedChoiceField(choices=choices.PURPOSES, coerce=Purpose)
    is_given = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
    agreed = forms.BooleanField(label=gettext_lazy("The customer agrees"), required=False)
    channel = forms.TypedChoiceField(
        label=gettext_lazy("Said over"),
        choices=[("", "--"), *choices.CONTACT_CHANNELS],
        coerce=Channel,
    )
    proof = forms.CharField(
        label=gettext_lazy("Where the proof is kept"), max_length=300, required=False
    )
    text_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A consent needs its own tick; a withdrawal needs nothing but the channel."""
        data = super().clean() or {}
        if data.get("is_given") and not data.get("agreed"):
            self.add_error("agreed", _("Tick that the customer agrees to exactly this."))
        return data


class OptOutForm(forms.Form):
    """A channel the customer refuses, or allows again."""

    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), choices=choices.CONTACT_CHANNELS, coerce=Channel
    )
    is_refused = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )


class TextForm(forms.Form):
    """A text for one occasion and channel."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Merge fields: {name}, {consultant}, {project}."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)


class NewsForm(forms.Form):
    """A piece of news and whom it is for; nothing chosen means everybody."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None, required=False, empty_label="--"
    )
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("Classes"),
        choices=choices.CUSTOMER_CLASSES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stages = forms.MultipleChoiceField(
        label=gettext_lazy("Buying stages"),
        choices=choices.BUYING_STAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    layouts = forms.MultipleChoiceField(
        label=gettext_lazy("Layouts"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        node = request.user.node
        self.region = node.region_id if node else None
        self.fields["project"].queryset = visible_projects(request)  # type: ignore[attr-defined]
        # Only those who look after a whole region write news of no project.
        self.fields["project"].required = bool(node and node.project_id)
        self.fields["layouts"].choices = options("layout")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a mobile number: messages must not carry one."""
        data = super().clean() or {}
        for name in ("title", "body"):
            if MOBILE.search(data.get(name, "")):
                self.add_error(name, _("Leave mobile numbers out. Use the hotline."))
        return data

    def entry(self) -> NewsEntry:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        audience = {name: data[name] for name in ("classes", "stages", "layouts") if data[name]}
        if data["project"] is None and self.region:
            audience["region"] = self.region
        return NewsEntry(
            title=data["title"], body=data["body"], project=data["project"], audience=audience
        )


class ToldForm(forms.Form):
    """Over what a customer was told."""

    channel = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), choices=choices.CONTACT_CHANNELS, coerce=Channel
    )
