"""What every program of this kind needs: database and schema, clock, settings, the vault, logs and traces.

Knows no process, no case and no page. Imports nothing of ours; everybody imports it.
"""
