"""The virtual Echo: a device that speaks Alexa's protocol to the skill, for people without one and for tests."""
