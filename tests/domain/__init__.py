"""Tests of the blog's rules."""
