"""What may be asked, whether we may ask it now, and what was answered.

``datasets`` says what exists, ``gate`` is the last line before a question
leaves the application, ``harvest`` asks and records.
"""
