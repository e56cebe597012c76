"""The only code that knows Alexa and ask-sdk."""
