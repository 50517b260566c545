"""What the tests need from the machine, and could not be had."""


class NotProvided(Exception):
    """Something is neither here nor can be obtained; the text says how to get it."""
