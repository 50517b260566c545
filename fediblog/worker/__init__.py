"""Loops that claim due rows and call one action each."""
