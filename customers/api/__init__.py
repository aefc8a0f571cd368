"""The REST doors of people, leads, interactions and tasks."""
