"""Tests of what runs the skill on a server."""
