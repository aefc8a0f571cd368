"""Two rule books for passwords, each with its table of verdicts, and what follows from them."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from crm_site.policies.accounts import PASSWORDS
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import in_force
from crm_site.staff.models import PastPassword, User
from crm_site.staff.services import create_user

pytestmark = pytest.mark.django_db
LOGIN, CHANGE = "/accounts/login/", "/accounts/password/"

# password -> what is wrong with it under 等保, under NIST ("" for accepted)
TABLE = {
    "": ("short plain", "short"),
    "a": ("short plain common", "short common"),
    "Ab1!": ("short", "short"),
    "Ab1!xyz": ("short", "short"),
    "Ab1!xyzQ": ("short", ""),
    "Ab1!xyzQ9": ("short", ""),
    "Ab1!xyzQ9w": ("", ""),
    "abcdefghij": ("plain common", "common"),
    "mvkqzwprtb": ("plain", ""),
    "mvkqzwprtB": ("plain", ""),
    "mvkqzwprt7": ("plain", ""),
    "mvkqzwprB7": ("", ""),
    "mvkqzwpr-7": ("", ""),
    "MVKQZWPR-7": ("", ""),
    "8402957316": ("plain", ""),
    "12345678": ("short plain common", "common"),
    "password": ("short plain common", "common"),
    "Password1": ("short common", "common"),
    "1q2w3e4r5t": ("plain common", "common"),
    "Qwerty123456": ("common", "common"),
    "Anju-2026-go": ("word", "word"),
    "xANJUx-2026z": ("word", "word"),
    "安居Home-2026": ("word", "word"),
    "Zhou-Qian-88": ("", ""),
    "Seller7-Ab!x": ("word", "word"),
    "春眠不觉晓处处闻啼鸟夜来风雨声": ("plain", ""),
    "春眠不觉晓 Spring 2026": ("", ""),
    "correct horse battery staple": ("plain", ""),
    "Correct horse battery staple": ("", ""),
    "x" * 70 + "Y7": ("", ""),
    "Ab1!" * 16: ("", ""),
    "Ab1!" * 51: ("long", "long"),
}


@pytest.fixture
def seller():
    return create_user(username="seller7", name="周倩", role="finance", node=None)


def follow(profile, words=("anju", "安居")):
    """Put a profile in force."""
    in_force(PASSWORDS, at=timezone.now())
    payload = {"profile": profile, "words": list(words)}
    PolicyVersion.objects.filter(key=PASSWORDS, version=1).update(payload=payload)


def verdict(password, user):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(one.code for one in error.error_list)
    return ""


@pytest.mark.check("A-18")
@pytest.mark.parametrize("place", [0, 1], ids=["mlps", "nist"])
def test_thirty_passwords_get_the_listed_verdicts(place, seller):
    assert len(TABLE) >= 30
    follow(("mlps", "nist")[place])
    found = {password: verdict(password, seller) for password in TABLE}
    assert found == {password: verdicts[place] for password, verdicts in TABLE.items()}


@pytest.mark.check("A-18")
def test_the_stricter_profile_holds_by_default():
    assert in_force(PASSWORDS, at=timezone.now()).value.profile == "mlps"
    assert verdict("mvkqzwprtb", None) == "plain"


def choose(user, password):
    user.set_password(password)
    user.save()


@pytest.mark.check("A-18")
def test_none_of_the_last_five_comes_again_under_mlps(seller):
    follow("mlps")
    for number in range(6):
        choose(seller, f"Blue-boat-4{number}x")
    again = [verdict(f"Blue-boat-4{number}x", seller) for number in range(6)]
    assert again == ["", *["used"] * 5]
    assert PastPassword.objects.filter(user=seller).count() == 5
    assert "Blue-boat" not in str(list(PastPassword.objects.values()))
    follow("nist")
    assert verdict("Blue-boat-45x", seller) == ""


@pytest.mark.check("A-18")
def test_places_and_the_person_are_never_part_of_it(org, seller):
    seller.employee_no = "E20991"
    for text in (f"Xy-77-ab-{org.head.name}", "Xy-77-ab-周倩", "Xy-77-e20991"):
        assert verdict(text, seller) == "word", text


@pytest.mark.check("A-18")
def test_a_chinese_passphrase_signs_in_as_it_was_typed(seller):
    follow("nist")
    phrase = "春眠不觉晓，处处闻啼鸟　①Å"  # nothing of it is normalised or stripped
    choose(seller, phrase)
    sign_in = Client().post(LOGIN, {"username": "seller7", "password": phrase})
    other = Client().post(LOGIN, {"username": "seller7", "password": phrase.replace("①", "1")})
    assert (sign_in.status_code, other.status_code) == (302, 422)


def signed_in(password="Blue-boat-42x"):
    client = Client()
    assert client.post(LOGIN, {"username": "seller7", "password": password}).status_code == 302
    return client


def make_old(user, days):
    User.objects.filter(pk=user.pk).update(password_set_at=timezone.now() - timedelta(days=days))


@pytest.mark.check("A-18")
def test_after_ninety_days_nothing_opens_but_the_page_of_the_new_password(seller):
    follow("mlps")
    choose(seller, "Blue-boat-42x")
    make_old(seller, 89)
    assert signed_in().get("/notifications/").status_code == 200
    make_old(seller, 90)
    client = signed_in()
    for path in ("/notifications/", "/", "/exports/", "/staff/"):
        assert client.get(path)["Location"].startswith(f"{CHANGE}?next="), path
    assert client.get("/api/v1/customers/").status_code == 403
    page = client.get(CHANGE)
    assert (page.status_code, page.context["is_due"]) == (200, True)
    form = {"old_password": "Blue-boat-42x"}
    same = {"new_password1": "Blue-boat-42x", "new_password2": "Blue-boat-42x"}
    assert client.post(CHANGE, form | same).status_code == 422
    assert client.get("/notifications/").status_code == 302
    new = {"new_password1": "Blue-boat-43x", "new_password2": "Blue-boat-43x"}
    done = client.post(CHANGE, form | new | {"next": "/notifications/"})
    assert (done.status_code, done["Location"]) == (302, "/notifications/")
    assert client.get("/notifications/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.check("A-18")
def test_an_old_password_gives_no_token_either(seller):
    follow("mlps")
    choose(seller, "Blue-boat-42x")
    make_old(seller, 91)
    body = {"username": "seller7", "password": "Blue-boat-42x"}
    answer = Client().post("/api/v1/auth/token/", body, "application/json")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:anju:problem:password-expired")


@pytest.mark.check("A-18")
def test_under_nist_no_password_grows_old(seller):
    follow("nist")
    choose(seller, "春眠不觉晓处处闻啼鸟")
    make_old(seller, 3000)
    assert signed_in("春眠不觉晓处处闻啼鸟").get("/notifications/").status_code == 200


@pytest.mark.check("A-18")
def test_the_security_administrator_proposes_and_head_office_approves(
    secadmin, head_office, executive, client_for
):
    propose = f"/policies/{PASSWORDS}/propose/"
    data = {"profile": "nist", "words": "anju, 安居, 云栖", "reason": "ASVS"}
    assert client_for(executive).get(propose).status_code == 403
    page = client_for(secadmin)
    assert page.get(propose).status_code == 200
    assert page.post(propose, data).status_code == 302
    assert page.post(f"/policies/{PASSWORDS}/versions/2/submit/").status_code == 302
    assert page.post(f"/policies/{PASSWORDS}/versions/2/approve/").status_code == 403
    assert (
        client_for(head_office).post(f"/policies/{PASSWORDS}/versions/2/approve/").status_code
        == 302
    )
    held = in_force(PASSWORDS, at=timezone.now() + timedelta(seconds=1)).value
    assert (held.profile, held.words) == ("nist", ("anju", "安居", "云栖"))
