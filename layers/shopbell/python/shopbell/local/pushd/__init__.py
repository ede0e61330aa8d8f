"""A push service for tests: it checks everything a real one may, decrypts, and fails on demand."""
