"""Event source mappings with AWS's documented semantics: one machine driven by a clock, real or virtual."""
