"""Tests of the skill package for Amazon."""
