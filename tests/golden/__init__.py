"""What the blog serves and sends, held against the rules of the strictest readers."""
