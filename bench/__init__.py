"""What the blog costs, measured: each module in here that has a NAME is one benchmark.

A benchmark is a module with three things: NAME, by which it is asked for; TITLE, which says what it
measures; and `async def run(bench: Bench) -> list[Row]`, which sets up, measures, tidies up, and
returns the rows of the table. The frame does the rest.
"""
