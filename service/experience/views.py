"""The pages of remarks: noting what a customer said, and what came of it (PLT-32)."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.experience.forms import RemarkForm
from service.experience.models import Remark
from service.experience.remarks import note_remark
from service.repairs.pages import Sheet, found_or_404, run_form

REMARKS = Listing(
    template="service/experience/remarks.html", sorts={"latest": ("-id",)}, default_sort="latest"
)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def remark_add(request: HtmxHttpRequest) -> HttpResponse:
    """Let any colleague note what a customer said; it becomes a ticket."""
    user = current_user(request)
    form = RemarkForm(request.POST or None, user=user)

    def run(valid: RemarkForm) -> None:
        note_remark(heard=valid.heard(), actor=user, now=timezone.now())

    sheet = Sheet(
        title=_("Note a remark of a customer"),
        up=(_("My remarks"), reverse("service:remark-list")),
        submit=_("Pass it on"),
        done=_("The remark is passed on. You hear what came of it."),
    )
    return run_form(request, form=form, sheet=sheet, run=run)


@require_safe
def remark_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show a colleague's own remarks and how far each has come."""
    rows = Remark.objects.filter(author=current_user(request)).select_related("ticket__project")
    return list_page(request, queryset=rows, listing=REMARKS)


@require_safe
def remark_detail(request: HtmxHttpRequest, remark_id: int) -> HttpResponse:
    """Show one's own remark with what was answered."""
    rows = Remark.objects.filter(author=current_user(request)).select_related("ticket__project")
    remark = found_or_404(rows, remark_id)
    return render_page(request, "service/experience/remark.html", {"remark": remark})
