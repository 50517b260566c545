"""The rules of the blog: pure functions, without input, output or a clock."""
