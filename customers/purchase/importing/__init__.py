"""The import of bookings: purchases of leads that another system numbered, and taking it back."""
