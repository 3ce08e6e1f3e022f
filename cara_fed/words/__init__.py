"""What people read, in their language: catalogues, whose language is spoken, dates and numbers."""
