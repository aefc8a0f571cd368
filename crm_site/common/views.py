"""Small addresses of the frame: stay signed in, and how one likes the pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

DENSITIES = {"loose", "default", "compact"}
SWITCHES = {"1": True, "0": False}


@require_POST
def keep_session(request: HttpRequest) -> HttpResponse:
    """Begin the session's time anew; 204."""
    request.session.modified = True
    return HttpResponse(status=204)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Save the account's `density` or `shortcuts`; 204, or 400 for values not offered."""
    user = request.user
    if request.POST.get("density") in DENSITIES:
        user.density = request.POST["density"]
        user.save(update_fields=["density"])
    elif request.POST.get("shortcuts") in SWITCHES:
        user.shortcuts = SWITCHES[request.POST["shortcuts"]]
        user.save(update_fields=["shortcuts"])
    else:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)
