"""Parts of a page that are drawn once and filled for each request."""

from typing import Any

from django import template
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from crm_site.common.filter_bars import draw_filter_bar
from crm_site.common.moulds import form_mould, gap, mould

register = template.Library()
GAP = "gap_"
META_NAMES = tuple(f"meta_{place}" for place in range(8))  # more than any line has
_META = tuple(gap(name) for name in META_NAMES)


@register.simple_tag
def drawn(template_name: str, **values: Any) -> SafeString:
    """Draw a template that reads nothing but `values`, which must be hashable; drawn once each.

    A value named ``gap_x`` is filled in for every request where the template prints ``x``; the
    template must not decide by it.
    """
    filled = {name.removeprefix(GAP): values.pop(name) for name in [*values] if name[:4] == GAP}
    return mould(template_name, gaps=tuple(filled), **values).fill(filled)


@register.simple_tag
def drawn_form(template_name: str, form: BaseForm, **gaps: Any) -> SafeString:
    """Draw a template around a form that is the same for everybody; kept while it is unbound."""
    values = {name.removeprefix(GAP): value for name, value in gaps.items()}
    if form.is_bound:
        return render_to_string(template_name, {"form": form} | values)
    return form_mould(template_name, form, gaps=tuple(values)).fill(values)


@register.simple_tag
def timeline_line(item: Any) -> SafeString:
    """Draw one line of a timeline: icon, tone, title, at, text, perhaps url and meta."""
    url, meta = getattr(item, "url", ""), getattr(item, "meta", ())
    local = localtime(item.at)
    values = {
        "title": item.title,
        "url": url,
        "iso": local.isoformat(),
        "time": f"{local:%H:%M}",
        "text": item.text,
    }
    kind = mould(
        "components/timeline_line.html",
        gaps=("title", "url", "iso", "time", "text"),
        icon=item.icon,
        tone=item.tone,
        has_url=bool(url),
        has_text=bool(item.text),
        meta=_META[: len(meta)],
    )
    return kind.fill(values | dict(zip(META_NAMES, meta, strict=False)))


@register.simple_tag
def filter_bar(filterset: Any, *, target: str = "", page_size: int = 0) -> SafeString:
    """Draw the filters of a list as a folded form that reloads the element `target`."""
    return draw_filter_bar(filterset, target=target, page_size=page_size)
