"""Tests of alexa."""
