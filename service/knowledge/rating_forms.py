"""What is typed about ratings and answers to feedback."""

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from service.knowledge import choices
from service.knowledge.services.feedback import Reply


class RatingForm(forms.Form):
    """A short rating of a consultation."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("How satisfied are you with our answer?"),
        choices=choices.SCORES,
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("What should we do better?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReplyForm(forms.Form):
    """What the giver of an opinion was told."""

    channel = forms.ChoiceField(label=pgettext_lazy("answer", "Told by"), choices=choices.WAYS)
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    change = forms.CharField(
        label=gettext_lazy("What was changed because of it"), max_length=300, required=False
    )
    thanks = forms.CharField(
        label=gettext_lazy("Thanked with"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Points, a gift, a word of thanks."),
    )

    def reply(self) -> Reply:
        """Return the valid form as the service takes it."""
        return Reply(**self.cleaned_data)
