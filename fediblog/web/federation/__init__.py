"""What other servers ask for and send."""
