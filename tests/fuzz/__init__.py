"""Spoiled inputs by the thousand: whatever arrives, the skill answers or refuses it."""
