"""The people of the sandbox: Anne, Truls and Andreas of the report (R10-R12), and ordinary people around them.

One description per person, the same for every source, so that the same loan
looks the same in the bank, the debt register and the tax return.
"""

from integrations.sandbox.persons.catalogue import all_persons, employees, person, person_by_key
from integrations.sandbox.persons.person import Employee, Person

__all__ = ["Employee", "Person", "all_persons", "employees", "person", "person_by_key"]
