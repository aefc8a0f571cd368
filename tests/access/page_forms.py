"""The forms of a page as a browser reads and sends them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

NOT_SENT = {"submit", "button", "image", "reset", "file"}
LIKE_TEXT = {"text", "search", "tel", "email", "url", "textarea"}


@dataclass(slots=True)
class Control:
    """One control: what kind it is, what it holds, what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    longest: int = 0  # characters; 0 where the page names no limit

    @property
    def takes_text(self) -> bool:
        """Whether anything may be typed into it."""
        return self.kind in LIKE_TEXT


@dataclass(slots=True)
class PageForm:
    """A form: where it goes, how, and its controls."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def __getitem__(self, name: str) -> Control:
        return next(control for control in self.controls if control.name == name)

    @property
    def names(self) -> list[str]:
        """The names of the controls, each once."""
        return list(dict.fromkeys(control.name for control in self.controls))

    @property
    def typed(self) -> list[Control]:
        """What a person fills in: all but hidden controls and buttons."""
        return [one for one in self.controls if one.kind not in {"hidden", "submit", "button"}]

    def data(self, **changes: Any) -> dict[str, list[str]]:
        """Return what a browser sends, with ``changes``; ``None`` leaves a name out."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.kind not in NOT_SENT and control.values:
                sent.setdefault(control.name, []).extend(control.values)
        for name, value in changes.items():
            sent.pop(name, None)
            if value is not None:
                sent[name] = value if isinstance(value, list) else [value]
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._control: Control | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action, method = given.get("action", ""), given.get("method", "get").lower()
            self._form = PageForm(action, method)
            self.forms.append(self._form)
        elif self._form is not None:
            self._start(tag, given)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        if tag in {"input", "button", "select", "textarea"} and given.get("name"):
            kind = {"select": "select", "textarea": "textarea"}.get(
                tag, given.get("type", "text" if tag == "input" else "submit")
            )
            longest = int(given.get("maxlength", "0"))
            self._control = Control(given["name"], kind, longest=longest)
            self._takes_many = "multiple" in given
            self._form.controls.append(self._control)
            value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
            if kind in {"checkbox", "radio"}:
                self._control.options = [value]
            if tag == "input" and (kind not in {"checkbox", "radio"} or "checked" in given):
                self._control.values = [value]
            self._text = ""
        elif tag == "option" and self._control is not None:
            value = given.get("value", "")
            self._control.options.append(value)
            if "selected" in given:
                self._control.values.append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._control is not None:
            self._control.values = [self._text.removeprefix("\n")]
        elif tag == "select" and self._control is not None:
            if not (self._control.values or self._takes_many) and self._control.options:
                self._control.values = self._control.options[:1]
            self._control = None


def read_forms(response: Any) -> list[PageForm]:
    """Return every form of a page."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader.forms


def posting_forms(response: Any) -> Iterator[PageForm]:
    """Yield the forms of a page that write, but not those of the frame."""
    for form in read_forms(response):
        if form.method == "post" and form.typed:
            yield form
