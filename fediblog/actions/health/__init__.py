"""Whether the blog is well: looked at from outside, through its public address, and from inside."""
