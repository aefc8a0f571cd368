"""The shape of a hand-over: how many customers each receiver gets, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from customers.selectors.handing_over import Proposal

PREFIX = "to_"


class HandoverForm(forms.Form):
    """One number per possible receiver; the proposal shares fairly within the caps."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    over_cap = forms.BooleanField(
        label=gettext_lazy("Go over the cap of open prospects"), required=False
    )

    def __init__(self, *args: Any, proposals: Sequence[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        for one in proposals:
            self.fields[f"{PREFIX}{one.user_id}"] = forms.IntegerField(
                label=one.name, min_value=0, max_value=100_000, required=False, initial=one.number
            )

    @property
    def rows(self) -> list[tuple[Proposal, forms.BoundField]]:
        """The receivers with their fields, as the table prints them."""
        return [(one, self[f"{PREFIX}{one.user_id}"]) for one in self.proposals]

    def plan(self) -> dict[int, int]:
        """Return receiver -> number; whoever gets nothing is left out.

        Without customers to hand over, the rest of the work goes to those with a 0 written down.
        """
        given = {one.user_id: self.cleaned_data[f"{PREFIX}{one.user_id}"] for one in self.proposals}
        some = {key: number for key, number in given.items() if number}
        return some or {key: 0 for key, number in list(given.items()) if number == 0}
