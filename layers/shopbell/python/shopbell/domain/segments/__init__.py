"""Segments: their life, the features that their rules compile to, and membership as a function of a profile."""
