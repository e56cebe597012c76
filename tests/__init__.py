"""The tests: a mirror of skill, audio and scripts, and whole conversations as data."""
