"""What nginx and Caddy read, so that they can serve pictures without asking, or asking little."""
