"""Other people's ActivityPub implementations, run beside the blog."""
