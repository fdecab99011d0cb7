"""What every page uses: guards and log-in, texts and amounts, forms, template globals, security headers, health.

May import the rooms below the pages; imports the pages of no audience.
"""
