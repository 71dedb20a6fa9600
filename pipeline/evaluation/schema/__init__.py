"""The metrics files as typed documents: what the stages write is what report and experiments read."""
