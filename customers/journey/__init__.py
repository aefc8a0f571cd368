"""The buyer's way beside the purchase itself: what was told, who looks after, who is awaited."""
