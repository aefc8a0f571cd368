"""The service desk: tickets, clocks, calls, surveys, repairs and owner care."""
