"""What can go wrong with a message."""


class UnknownMessageError(LookupError):
    """No message kind of this key is declared."""


class MessageParamsError(ValueError):
    """The values do not fill the text, or one of them looks like a phone number."""


class DeliveryError(Exception):
    """The provider did not take the message this time; it is tried again later."""


class UndeliverableError(DeliveryError):
    """The provider will never take this message; trying again is pointless."""
