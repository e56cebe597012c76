"""Only Alexa gets in: every request is verified before it is answered (``alexa-platform.md`` §5).

It loads cryptography and requests, so import it only where requests are verified.
"""

from skill.alexa.verification.claims import window_end
from skill.alexa.verification.verifier import AlexaVerifier, make_verifier

__all__ = ["AlexaVerifier", "make_verifier", "window_end"]
