"""The call-centre desk: calls, pops, intake of every channel, quality samples."""
