"""What members of staff choose about their messages."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.outbox.kinds import label_of
from crm_site.outbox.models import Message, QuietHours
from crm_site.outbox.preferences import OUTSIDE, rows_for, save_preferences
from crm_site.staff.models import User


class ClockField(forms.TimeField):
    """A time of day, typed with the browser's own control."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


@dataclass(frozen=True, slots=True)
class Switch:
    """One box of the table: the value it sends, its channel in words, and whether it is ticked."""

    value: str
    channel: str
    is_on: bool


class PreferencesForm(forms.Form):
    """A box per kind and channel, and the hours in which only the application is told."""

    on = forms.MultipleChoiceField(required=False)
    starts = ClockField(label=gettext_lazy("Quiet from"), required=False)
    ends = ClockField(label=gettext_lazy("Quiet until"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        hours = QuietHours.objects.filter(user=user).first()
        initial = {"starts": hours.starts, "ends": hours.ends} if hours else {}
        super().__init__(data, initial=initial)
        self.user = user
        self.rows = rows_for(user)
        values = [f"{row.kind.key}:{channel}" for row in self.rows for channel in OUTSIDE]
        self.fields["on"].choices = [(value, value) for value in values]  # type: ignore[attr-defined]

    @property
    def channels(self) -> list[str]:
        """The heads of the table."""
        words = dict(Message.Channel.choices)
        return [str(words[channel]) for channel in OUTSIDE]

    @property
    def table(self) -> list[tuple[str, list[Switch]]]:
        """The lines of the table: what the messages are called, and a box per channel."""
        sent = set(self.data.getlist("on")) if self.is_bound else None  # type: ignore[attr-defined]
        words = dict(Message.Channel.choices)
        lines = []
        for row in self.rows:
            boxes = []
            for channel, is_on in row.switches:
                value = f"{row.kind.key}:{channel}"
                ticked = is_on if sent is None else value in sent
                boxes.append(Switch(value, str(words[channel]), ticked))
            lines.append((label_of(row.kind), boxes))
        return lines

    def clean(self) -> dict[str, Any]:
        """Refuse half of the quiet hours, and hours without length."""
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if bool(starts is None) != bool(ends is None) and not self.errors:
            self.add_error("ends" if ends is None else "starts", _("Enter both times, or none."))
        if starts is not None and starts == ends:
            self.add_error("ends", _("The end has to differ from the start."))
        return data

    def save(self) -> None:
        """Keep what was chosen."""
        data = self.cleaned_data
        ticked = set(data["on"])
        switches = {
            (row.kind.key, channel): f"{row.kind.key}:{channel}" in ticked
            for row in self.rows
            for channel in OUTSIDE
        }
        quiet = None if data["starts"] is None else (data["starts"], data["ends"])
        save_preferences(user=self.user, switches=switches, quiet=quiet)
