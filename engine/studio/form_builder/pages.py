"""Pages of a form: put in, named, moved and taken out with all that is on them."""

from __future__ import annotations

from engine.studio.bpmn_editor import EditRefused
from engine.studio.form_builder.components import Building
from engine.studio.form_builder.form_document import Texts
from engine.studio.form_builder.names import free, name_of, shift


class FormDraft(Building):
    """The form of one step, opened from a bundle's files; ``files()`` gives them back with what was changed."""

    def add_page(self, title: str) -> str:
        """A new page last, called *title* in bokmål. Returns its name."""
        if not title.strip():
            raise EditRefused("forming.page_title")
        name = free(name_of(title).title().replace("_", "") or "Side", self.pages)
        self.pages[name] = {"data": {"layout": []}}
        self._set_texts(name, {"nb": title})
        return name

    def title_page(self, page: str, texts: Texts) -> None:
        self.layout(page)
        if not texts.get("nb", "").strip():
            raise EditRefused("forming.page_title")
        self._set_texts(page, texts)

    def move_page(self, page: str, by: int) -> None:
        self.layout(page)
        names = list(self.pages)
        shift(names, page, by)
        self.pages = {name: self.pages[name] for name in names}

    def remove_page(self, page: str) -> None:
        """The page with all that is on it, and what was asked there. The last page stays."""
        if len(self.pages) == 1:
            raise EditRefused("forming.last_page")
        for component in [*self.top(page)]:
            self.remove(component["id"])
        del self.pages[page]
