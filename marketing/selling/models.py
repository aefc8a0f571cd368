"""Tables of selling."""
