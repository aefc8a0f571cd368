"""What one cell of a file of bookings means; each raises CellError with the cause. Pure."""

from decimal import Decimal

from crm_site.exchange.registry import CellError, Reading
from crm_site.exchange.rules.amounts import AmountError, parse_amount
from crm_site.exchange.rules.text import fold
from customers.purchase.rules import PurchaseState

LARGEST = Decimal("999999999999.99")
CONFIRMED = "confirmed"
# han: words read
STATES = {
    PurchaseState.SUBSCRIBED.value: "subscribed, booked, 认购, 已认购, 大定",
    PurchaseState.SIGNED.value: "signed, contracted, 签约, 已签约, 网签",
    PurchaseState.CANCELLED.value: "cancelled, canceled, 取消, 已取消, 退认购, 退订",
    CONFIRMED: "confirmed, 已确认, 确认, 有效",
}
_STATE_OF = {fold(word): state for state, text in STATES.items() for word in text.split(", ")}


def price(text: str, _reading: Reading) -> Decimal:
    """Return an amount in yuan above 0."""
    found = _amount(text)
    if not 0 < found <= LARGEST:
        raise CellError("price_not_positive")
    return found


def discount(text: str, _reading: Reading) -> Decimal:
    """Return an amount in yuan; nothing off is 0."""
    return _amount(text)


def status(text: str, _reading: Reading) -> str:
    """Return the state a booking has in the file; ``confirmed`` is what the person says it is."""
    found = _STATE_OF.get(fold(text))
    if found is None:
        raise CellError("status_unknown")
    return found


def _amount(text: str) -> Decimal:
    if text.strip().startswith(("-", "−", "(")):
        raise CellError("price_not_positive")
    try:
        return parse_amount(text).quantize(Decimal("0.01"))
    except AmountError:
        raise CellError("not_a_number") from None
