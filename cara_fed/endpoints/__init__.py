"""What other servers ask for and send, over plain ASGI."""
