"""How everything that is heard gets made: from content to speech, sound, MP3 and manifest.

Importing this package is cheap; numpy, PyAV, pydub and the voices load only when something must be made.
"""
