"""What people are told beyond their own figures: tips, contacts, and what the whole is worth. All of it data."""
