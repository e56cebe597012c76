"""Thin entry points: start, test, and what makes the audio and the interaction models."""
