"""Tests of the entry points, and of what every file of the project keeps to."""
