"""Everything outside our walls: one folder per provider, and the sandbox that stands in for them over HTTP."""
