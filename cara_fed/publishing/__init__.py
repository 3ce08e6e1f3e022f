"""What an artist does: publish, edit, delete, follow. Each is one function and one transaction."""
