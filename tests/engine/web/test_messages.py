"""A message of the citizen's: what the box allows is sent, and what is too long is refused whole."""

from __future__ import annotations

from engine.casework import journal, queries
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]


def box(product: Product) -> tuple[Browser, str, str]:
    """Anne at the page of messages, the id of the case and its number."""
    case = collecting(product)
    with product.application.db.read() as connection:
        return Browser(product, product.anne), case, queries.case_by_id(connection, case).number


def test_a_message_of_as_many_signs_as_the_box_allows_is_sent_whatever_ends_its_lines(product: Product) -> None:
    anne, case, number = box(product)
    text = "\r\n".join(["x" * 39] * 100)  # 3 999 signs to the browser, 4 098 as it sends them

    answer = anne.post("/meldinger", sak=number, text=text)

    assert answer.status_code == 303, "sent"
    with product.application.db.read() as connection:
        [message] = journal.messages(connection, product.application.vault, case)
    assert message.text == "\n".join(["x" * 39] * 100)


def test_one_sign_too_many_is_refused_with_what_was_written(product: Product) -> None:
    anne, _, number = box(product)
    text = "y" * (journal.MAX_TEXT + 1)

    answer = anne.post("/meldinger", sak=number, text=text)

    assert answer.status_code == 422 and text in answer.get_data(as_text=True)
