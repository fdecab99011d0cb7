"""What people are shown beyond their own figures: tips, contacts, and what the whole is worth. All of it data."""
