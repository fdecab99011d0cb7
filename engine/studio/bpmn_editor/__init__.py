"""Changes to a bundle's files, as pure functions: BPMN in, BPMN out, what was not touched left as it was.

``document`` opens and closes a file without losing comments or what other tools wrote, ``steps`` puts steps in, moves
and removes them, ``flows`` draws the ways between them, ``settings`` reads and writes what a step says of itself,
``events`` what it waits for or throws, ``conditions`` builds conditions by choosing, ``picture`` lays the diagram out.
What cannot be done is refused in words: ``EditRefused`` names the sentence and the field.
"""

from engine.studio.bpmn_editor.document import (
    ALTINN,
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    find_step,
    open_process,
)
from engine.studio.bpmn_editor.steps import change_step, move_step, remove_step, touched_by_removing
from engine.studio.bpmn_editor.texts import set_text

__all__ = [
    "ALTINN",
    "BPMN",
    "IB",
    "EditRefused",
    "Files",
    "change_step",
    "close_process",
    "find_step",
    "move_step",
    "open_process",
    "remove_step",
    "set_text",
    "touched_by_removing",
]
