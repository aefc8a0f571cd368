"""The import of prices into the draft of a price list, and taking it back."""
