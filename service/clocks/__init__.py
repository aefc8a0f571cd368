"""The time limits of tickets: which apply, when they pause, who is told, how timely the desk is."""
