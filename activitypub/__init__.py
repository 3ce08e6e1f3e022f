"""The protocol floor: documents, identifiers, signatures; synchronous and pure."""
