"""HTTP: requests in, actions and reads, responses out."""
