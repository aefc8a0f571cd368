"""The demo and test servers: real PostgreSQL and Redis as plain child processes, and their supervisor.

Nothing here is used in a production install, and nothing here imports another part of the project.
"""
