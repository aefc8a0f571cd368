"""Real PostgreSQL and Redis as plain child processes for demo and tests, and their supervisor.

A production install uses none of it, and it imports no other part of the project.
"""
