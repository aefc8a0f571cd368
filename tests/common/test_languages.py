"""Both languages are complete, and everybody switches between them (PLT-44)."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN_WORD = re.compile(r">\s*[A-Za-z][a-z]+(?: [a-z]+)+\s*<")
PAGES = (
    "customers:customer-list",
    "customers:team",
    "exchange:import-start",
    "policies:policy-list",
)


@pytest.mark.spec("PLT-44")
def test_no_text_of_the_product_lacks_a_translation(capsys) -> None:
    call_command("check_translations")  # exits with 1 and the list of texts otherwise
    assert "complete" in capsys.readouterr().out


@pytest.mark.spec("PLT-44")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_one_language_and_then_the_other(client_for, supervisor, name) -> None:
    client = client_for(supervisor)
    supervisor.name = "Anna"
    supervisor.save(update_fields=["name"])
    chinese = client.get(reverse(name)).content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert LATIN_WORD.findall(_body(chinese)) == []
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    english = client.get(reverse(name)).content.decode()
    assert '<html lang="en"' in english
    shown = re.sub(r"<script.*?</script>", "", _body(english), flags=re.DOTALL)
    names = r"中文|简体|安居|云栖里|华东区域|[\u4e00-\u9fff]+[组项]"
    assert HAN.findall(re.sub(names, "", shown)) == []


def _body(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]
