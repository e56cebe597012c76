"""Listening without an Echo: a page to hear and see a training, and a training as one file."""
