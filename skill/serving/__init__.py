"""Serving the skill: the server, its log and figures, its health, and what protects it."""
