"""Talking to other servers: the one outbound client, who signed a request, and finding documents."""
