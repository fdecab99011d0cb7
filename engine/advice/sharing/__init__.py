"""Time-limited right for an office to look at an overview (R44-R47), and who has looked."""
