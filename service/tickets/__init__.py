"""Tickets: inquiries, complaints, repairs and other service matters, from opening to closing."""
