"""What those who run the place do: reports, roles, suspensions, rules, announcements, applications."""
