"""The global search as a panel under its box, and as a page without scripts."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page, wants_partial
from crm_site.common.search_groups import find_all


@require_safe
def search(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was found by group; a page with one hit leads straight to it."""
    text = request.GET.get("q", "").strip()
    groups = find_all(request.user, text)
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1 and not wants_partial(request):
        return redirect(hits[0].url)
    context = {"groups": groups, "text": text}
    return render_page(request, "common/search.html", context, partial="results")
