"""Tests of serving in production."""
