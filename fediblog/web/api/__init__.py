"""What programs ask of the blog on the author's behalf."""
