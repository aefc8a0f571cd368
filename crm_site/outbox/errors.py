"""What can go wrong with a message."""


class UnknownMessageError(LookupError):
    """No message kind of this key is declared."""


class MessageParamsError(ValueError):
    """The values do not fill the text, or one of them looks like a phone number."""


class DeliveryError(Exception):
    """The provider did not take the message this time; it is tried again later.

    ``retry_after`` is how many seconds the provider asked to be left alone, None if it did not say.
    """

    def __init__(self, message: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UndeliverableError(DeliveryError):
    """The provider will never take this message; trying again is pointless."""
