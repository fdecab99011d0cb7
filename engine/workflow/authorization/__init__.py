"""Who may do what, divided as XACML divides it.

``actor`` is the subject, ``prp`` finds the policy, ``pip`` completes the
request, ``pdp`` decides, ``pep`` enforces.
"""
