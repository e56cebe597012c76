"""Tests of coach."""
