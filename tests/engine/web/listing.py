"""The list editor as a person without a mouse uses it: forms are read from the page, changed and sent."""

from __future__ import annotations

from lxml import html

from engine.workflow.definitions.bundle import Bundle
from tests.engine.web.test_studio import Administrator


class Listed:
    """The pages of one draft. ``fill`` sends what a browser would: every field of the form, and what was changed."""

    def __init__(self, who: Administrator, key: str) -> None:
        self.who, self.key = who, key

    def step(self, element: str) -> str:
        return f"/prosesser/{self.key}/steg/{element}"

    def scope(self, scope: str) -> str:
        return f"/prosesser/{self.key}/del/{scope}"

    def form(self, path: str, act: str, **which: str) -> html.FormElement:
        """The form of that act on the page; *which*: hidden fields that tell it from others."""
        wanted = {"act": act, **which}
        for form in html.fromstring(self.who.get(path)).forms:
            if all(form.fields.get(name) == value for name, value in wanted.items()):
                return form
        raise AssertionError(f"no form {wanted} on {path}")

    def options(self, path: str, act: str, name: str, **which: str) -> list[str]:
        """What may be chosen in a field."""
        found: list[str] = self.form(path, act, **which).inputs[name].value_options
        return found

    def fill(self, path: str, act: str, given: dict[str, str], **which: str) -> tuple[int, str]:
        form = self.form(path, act, **which)
        values = dict(form.form_values())
        for name, value in given.items():
            assert name in form.fields or name in which, f"no field {name} on {path}"
            field = form.inputs[name]
            if getattr(field, "tag", "") == "select":
                assert value in field.value_options, f"{value} is not offered for {name}: {field.value_options}"
        values = {name: value for name, value in {**values, **given}.items() if value is not None}
        return self.who.post(form.action, **values)

    def done(self, path: str, act: str, given: dict[str, str], **which: str) -> None:
        status, page = self.fill(path, act, given, **which)
        assert status == 303, html.fromstring(page).xpath("string(//*[@id='feil'])")

    def bundle(self) -> Bundle:
        """The draft as it leaves the application."""
        from engine.studio.bundle_upload import read_zip

        answer = self.who.client.get(f"/prosesser/{self.key}/eksport.zip")
        return read_zip(answer.data).bundle

    def named(self, name: str) -> str:
        """The id of the step that is called so."""
        return next(e.id for e in self.bundle().process.elements.values() if e.name == name)
