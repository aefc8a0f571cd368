"""The page that refuses names somebody who can help."""

import pytest

from crm_site.staff.models import User
from crm_site.staff.selectors import helper_of

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def test_the_page_names_the_supervisor_of_the_team(consultant, supervisor, client_for):
    page = client_for(consultant).get("/team/", headers=ENGLISH)
    assert page.status_code == 403
    text = page.content.decode()
    assert f"{supervisor.name} (Sales supervisor) can help" in text
    chinese = client_for(consultant).get("/team/", headers={"accept-language": "zh-CN"})
    assert f"{supervisor.name} (销售主管)" in chinese.content.decode()


def test_without_a_superior_it_names_the_administrators(consultant, sysadmin, secadmin, auditor):
    assert helper_of(consultant) == f"{sysadmin.name} (系统管理员)"
    assert helper_of(auditor) == f"{sysadmin.name} (系统管理员)"
    assert helper_of(sysadmin) == f"{secadmin.name} (安全管理员)"
    User.objects.filter(pk=sysadmin.pk).update(is_active=False)
    assert helper_of(auditor) == f"{secadmin.name} (安全管理员)"


def test_where_there_is_nobody_the_page_speaks_of_roles(consultant, client_for):
    page = client_for(consultant).get("/team/", headers=ENGLISH)
    assert helper_of(consultant) == ""
    assert "Your supervisor or the system administrator can help" in page.content.decode()
