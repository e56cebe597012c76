"""Tests of the content: the YAML, its loader and its clips."""
