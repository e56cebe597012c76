"""The audio: what is made is measured, with two decoders and a meter of another maker."""
