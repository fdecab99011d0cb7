"""The pages of those who work at an office: the queue, intake, a case with journal, letters and documents.

May import ``engine.web.shared``, the parts of the citizen's pages that an office sees too, and the rooms below.
"""
