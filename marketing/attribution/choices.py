"""The words of attribution in the language of the reader."""

from django.utils.translation import pgettext_lazy

from marketing.attribution.rules import Model, TouchKind
from marketing.attribution.rules.groups import Group

KINDS = [
    (TouchKind.ENQUIRY.value, pgettext_lazy("touch", "Enquiry")),
    (TouchKind.JOURNEY.value, pgettext_lazy("touch", "Step of the buyer's way")),
    (TouchKind.VISIT.value, pgettext_lazy("touch", "Visit")),
    (TouchKind.EVENT.value, pgettext_lazy("touch", "Event attended")),
    (TouchKind.REFERRAL.value, pgettext_lazy("touch", "Introduced by an owner")),
    (TouchKind.MENTION.value, pgettext_lazy("touch", "Mentioned by an owner")),
    (TouchKind.REPLY.value, pgettext_lazy("touch", "Reply to a message")),
    (TouchKind.CLICK.value, pgettext_lazy("touch", "Link opened")),
    (TouchKind.VIEW.value, pgettext_lazy("touch", "Message read")),
]
MODELS = [
    (Model.FIRST.value, pgettext_lazy("attribution", "First touch")),
    (Model.LAST.value, pgettext_lazy("attribution", "Last touch")),
    (Model.LINEAR.value, pgettext_lazy("attribution", "Linear")),
    (Model.TIME_DECAY.value, pgettext_lazy("attribution", "Time decay")),
    (Model.POSITION.value, pgettext_lazy("attribution", "By position 40-20-40")),
    (Model.MARKOV.value, pgettext_lazy("attribution", "Markov removal")),
    (Model.OWNERSHIP.value, pgettext_lazy("attribution", "Decided ownership")),
]
GROUPS = [
    (Group.PAID.value, pgettext_lazy("channel group", "Paid channels")),
    (Group.WORD_OF_MOUTH.value, pgettext_lazy("channel group", "Word of mouth")),
    (Group.OWN.value, pgettext_lazy("channel group", "Own and organic")),
    (Group.NOBODY.value, pgettext_lazy("channel group", "Unattributed")),
]
