"""What is written in owner care."""
