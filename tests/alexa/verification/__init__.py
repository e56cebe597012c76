"""Tests of skill.alexa.verification: nobody but Alexa gets in."""
