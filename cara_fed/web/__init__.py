"""What people see: pages made of frozen views, the forms on them, and the rules browsers are given."""
