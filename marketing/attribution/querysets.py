"""The questions asked of touches and shares, limited to what a user may see."""

from customers.querysets import BelongsToCustomer


class TouchQuerySet(BelongsToCustomer):
    """Questions about touches: seen by whoever sees their customer."""
