"""Interfaces that programs know from elsewhere, over the same rules."""
