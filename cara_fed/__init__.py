"""The application: wires the protocol and the storage together."""
