"""The administrator's workshop: a draft run for real, on a clock of its own, with nothing leaving the room."""
