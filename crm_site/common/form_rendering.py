"""Form controls drawn without a template each: a list page holds a dozen, their options a hundred.

Same markup as Django's widget templates; what is not named here is still drawn by them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets/"
OPTION = f"{FOLDER}select_option.html"


class QuickRenderer(DjangoTemplates):
    """Draws inputs, selects and text areas in Python, all else with Django's templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Return the markup of one control."""
        draw = QUICK.get(template_name)
        if draw is not None and _is_plain(context["widget"]):
            return draw(context["widget"])
        return super().render(template_name, context, request)


def _is_plain(widget: Widget) -> bool:
    """Return whether the options are ungrouped and of Django's own kind, or there are none."""
    return all(
        not name and option["template_name"] == OPTION
        for name, options, _index in widget.get("optgroups", ())
        for option in options
    )


def _attributes(attrs: Mapping[str, Any]) -> SafeString:
    if not attrs:
        return SafeString()
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attrs.items()
            if value is not False
        ),
    )


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        "" if value is None else format_html(' value="{}"', value),
        _attributes(widget["attrs"]),
    )


def _labelled_input(widget: Widget) -> SafeString:
    if not widget.get("wrap_label"):
        return _input(widget)
    held_by = widget["attrs"].get("id")
    return format_html(
        "<label{}>{} {}</label>",
        format_html(' for="{}"', held_by) if held_by else "",
        _input(widget),
        widget["label"],
    )


def _select(widget: Widget) -> SafeString:
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (option["value"], _attributes(option["attrs"]), option["label"])
            for _name, group, _index in widget["optgroups"]
            for option in group
        ),
    )
    return format_html(
        '<select name="{}"{}>{}</select>', widget["name"], _attributes(widget["attrs"]), options
    )


def _textarea(widget: Widget) -> SafeString:
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>',
        widget["name"],
        _attributes(widget["attrs"]),
        widget["value"] or "",
    )


INPUTS = ("checkbox", "email", "hidden", "input", "number", "password", "tel", "text", "url")
QUICK: dict[str, Callable[[Widget], SafeString]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}checkbox_option.html": _labelled_input,
    f"{FOLDER}radio_option.html": _labelled_input,
    f"{FOLDER}select.html": _select,
    f"{FOLDER}textarea.html": _textarea,
}
