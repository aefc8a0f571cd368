"""Handing units over to their buyers 交付: batches, inspection, notice, stations, transfer."""
