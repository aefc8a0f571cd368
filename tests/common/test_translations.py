"""Extracting, compiling and checking words, on a small tree of its own."""

import gettext
import json
import os
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command

from crm_site.common.i18n import checking, extraction
from crm_site.common.i18n.compiling import compile_catalogues
from crm_site.common.i18n.places import CATALOGUE
from crm_site.common.management.commands import extract_translations

CODE = '''"""说明可以是中文。"""
from django.utils.translation import gettext as _, ngettext, pgettext

A = _("Save %(name)s")
B = ngettext("%(n)s unit", "%(n)s units", 2)
C = pgettext("page", "Next")
'''
PAGE = """{% load i18n %}{# 中文注释 #}
<h1>{% translate "Customers" %}</h1>
  {% blocktranslate count n=x|length %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{% comment %}中文{% endcomment %}<p title="{% translate 'It''s' %}">{{ x|default:_("Nothing") }}</p>
"""
WORDS = {
    "Save %(name)s": "保存%(name)s",
    "%(n)s unit": ["%(n)s 套"],
    "page\x04Next": "下一页",
    "Customers": "客户",
    "%(n)s row": ["%(n)s 行"],
    "Nothing": "没有",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "views.py").write_text(CODE, "utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE.replace("It''s", "It is"), "utf-8")
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "static" / "js" / "a.js").write_text("// 注释\nconst a = 1;\n", "utf-8")
    words = WORDS | {"It is": "是的"}
    (tmp_path / "words.json").write_text(json.dumps(words), "utf-8")
    return tmp_path


def merged(tree):
    return extraction.update_catalogue(tree, merge=[tree / "words.json"])


def catalogue(tree):
    return polib.pofile(str(tree / CATALOGUE))


def test_texts_of_code_and_pages_are_found(tree):
    found = extraction.sources(tree)
    assert set(found) == {
        ("", "Save %(name)s"),
        ("", "%(n)s unit"),
        ("page", "Next"),
        ("", "Customers"),
        ("", "%(n)s row"),
        ("", "It is"),
        ("", "Nothing"),
    }
    assert found[("", "%(n)s row")].plural == "%(n)s rows"
    assert found[("", "Customers")].files == {"templates/page.html"}


def test_merged_words_fill_the_catalogue_and_satisfy_the_check(tree):
    assert extraction.update_catalogue(tree) == (7, 7, 0)
    assert merged(tree) == (7, 0, 0)
    assert checking.complaints(tree) == []


def test_update_keeps_translations_and_drops_what_is_gone(tree):
    merged(tree)
    (tree / "customers" / "views.py").write_text('_("Save %(name)s")\n_("Fresh")\n', "utf-8")
    assert extraction.update_catalogue(tree) == (6, 1, 2)
    kept = {entry.msgid: entry.msgstr for entry in catalogue(tree)}
    assert kept["Save %(name)s"] == "保存%(name)s"
    assert "%(n)s unit" not in kept


def test_merge_never_changes_a_translation_silently(tree, monkeypatch):
    merged(tree)
    before = (tree / CATALOGUE).read_bytes()
    other = {"Customers": "顾客", "Nothing": "没有", "page\x04Next": "下页", "It is": "是的"}
    (tree / "other.json").write_text(json.dumps(other), "utf-8")
    monkeypatch.setattr(extract_translations, "ROOT", tree)
    with pytest.raises(CommandError) as refused:
        call_command("extract_translations", "--merge", str(tree / "other.json"))
    told = str(refused.value)
    assert "'Customers': '客户', in other.json '顾客'" in told
    assert "'Next' (page): '下一页', in other.json '下页'" in told
    assert "Nothing is written" in told
    assert "没有" not in told  # the same translation is no difference
    assert (tree / CATALOGUE).read_bytes() == before
    assert merged(tree) == (7, 0, 0)


def test_two_files_may_not_translate_a_text_differently(tree):
    (tree / "one.json").write_text('{"Customers": "客户", "Nothing": "没有"}', "utf-8")
    (tree / "two.json").write_text('{"Customers": "顾客", "Nothing": "没有"}', "utf-8")
    with pytest.raises(extraction.TranslationsDifferError) as refused:
        extraction.update_catalogue(tree, merge=[tree / "one.json", tree / "two.json"])
    assert refused.value.texts == ["'Customers': '客户', in two.json '顾客'"]
    assert not (tree / CATALOGUE).exists()


def test_a_doubtful_translation_gives_way(tree):
    merged(tree)
    po = catalogue(tree)
    entry = po.find("Customers")
    entry.msgstr, entry.flags = "顾客", ["fuzzy"]
    po.save(str(tree / CATALOGUE))
    merged(tree)
    found = catalogue(tree).find("Customers")
    assert (found.msgstr, found.fuzzy) == ("客户", False)


def test_compiled_catalogue_is_what_gettext_reads(tree):
    merged(tree)
    target = (tree / CATALOGUE).with_suffix(".mo")
    assert compile_catalogues(tree) == [target]
    assert compile_catalogues(tree) == []
    with target.open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Customers") == "客户"
    assert words.pgettext("page", "Next") == "下一页"
    assert words.ngettext("%(n)s unit", "%(n)s units", 5) == "%(n)s 套"


def test_newer_catalogue_is_compiled_again(tree):
    merged(tree)
    (target,) = compile_catalogues(tree)
    later = target.stat().st_mtime + 10
    os.utime(tree / CATALOGUE, (later, later))
    assert compile_catalogues(tree) == [target]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda po: setattr(po.find("Customers"), "msgstr", ""), "missing: 'Customers'"),
        (lambda po: po.find("Customers").flags.append("fuzzy"), "fuzzy: 'Customers'"),
        (lambda po: po.append(polib.POEntry(msgid="Old", msgstr="旧")), "obsolete: 'Old'"),
        (lambda po: setattr(po.find("Save %(name)s"), "msgstr", "保存"), "placeholders differ"),
        (lambda po: setattr(po.find("Nothing"), "msgstr", "电话无效"), "blaming word '无效'"),
    ],
)
def test_fault_of_the_catalogue_is_named(tree, change, complaint):
    merged(tree)
    po = catalogue(tree)
    change(po)
    po.save(str(tree / CATALOGUE))
    found = checking.complaints(tree)
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("templates/page.html", "<p>客户</p>", "templates/page.html:5"),
        ("static/js/a.js", "alert('客户');", "static/js/a.js:3"),
        ("customers/views.py", 'D = "客户"\n', "customers/views.py:7"),
    ],
)
def test_hard_coded_chinese_is_named(tree, file, text, complaint):
    merged(tree)
    path = tree / file
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    assert checking.complaints(tree) == [f"hard-coded Chinese: {complaint}"]


def test_chinese_data_marked_as_such_is_free(tree):
    merged(tree)
    path = tree / "customers" / "views.py"
    path.write_text(CODE + 'NAMES = ["王"]  # han: family names\n', "utf-8")
    assert checking.complaints(tree) == []


def test_blaming_english_is_named(tree):
    merged(tree)
    (tree / "customers" / "more.py").write_text('_("Invalid phone")', "utf-8")
    (tree / "words.json").write_text('{"Invalid phone": "手机号需 11 位"}', "utf-8")
    merged(tree)
    assert checking.complaints(tree) == ["blaming word 'Invalid': 'Invalid phone'"]
