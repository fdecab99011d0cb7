"""``process.bpmn`` → frozen objects. Pure: imports nothing of ours.

``parse(bytes) -> Definitions`` reads with hardened XML, ``validate`` lists every
finding with element id, line, rule and suggestion.
"""
