"""Every spelling of a number becomes one canonical form, and what is no number says why."""

import time

import pytest

from customers.rules.phones import (
    PhoneError,
    PhoneKind,
    mask_phone,
    normalise_phone,
    phone_tail,
    show_phone,
)

MOBILE = "+8613800138000"


@pytest.mark.check("A-27")
@pytest.mark.parametrize(
    ("text", "e164", "kind"),
    [
        ("13800138000", MOBILE, "mobile"),
        ("13８00138000", MOBILE, "mobile"),
        ("１３８００１３８０００", MOBILE, "mobile"),
        ("13800138000\n", MOBILE, "mobile"),
        ("\t138 0013 8000 ", MOBILE, "mobile"),
        ("138-0000 0000", "+8613800000000", "mobile"),
        ("+86 13800000000", "+8613800000000", "mobile"),
        ("+86 138-0013-8000", MOBILE, "mobile"),
        ("＋86–138–0013–8000", MOBILE, "mobile"),
        ("0086 13800138000", MOBILE, "mobile"),
        ("8613800138000", MOBILE, "mobile"),
        ("tel:+86-138-0013-8000", MOBILE, "mobile"),
        ("TEL:13800138000", MOBILE, "mobile"),
        ("١٣٨٠٠١٣٨٠٠٠", MOBILE, "mobile"),
        ("138\u202e0013\u200b8000", MOBILE, "mobile"),
        ("17012345678", "+8617012345678", "mobile"),
        ("17112345678", "+8617112345678", "mobile"),
        ("15449598306", "+8615449598306", "mobile"),
        ("0755-12345678-801", "+8675512345678;ext=801", "landline"),
        ("(0755) 12345678 转 801", "+8675512345678;ext=801", "landline"),
        ("0755-12345678 分机801", "+8675512345678;ext=801", "landline"),
        ("+86 755 12345678 ext. 801", "+8675512345678;ext=801", "landline"),
        ("0755-1234567-8", "+867551234567;ext=8", "landline"),
        ("010-12345678", "+861012345678", "landline"),
        ("021 12345678", "+862112345678", "landline"),
        ("400-123-4567", "+864001234567", "service"),
        ("800 820 1234", "+868008201234", "service"),
        ("+852 6123 4567", "+85261234567", "foreign"),
        ("00853-6612-3456", "+85366123456", "foreign"),
        ("+1 (650) 253-0000", "+16502530000", "foreign"),
    ],
)
def test_one_canonical_form(text, e164, kind):
    phone = normalise_phone(text)
    assert (phone.e164, phone.kind) == (e164, PhoneKind(kind))
    assert normalise_phone(e164) == phone
    assert normalise_phone(show_phone(e164)) == phone


@pytest.mark.check("A-27")
@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("", "phone_empty", {}),
        (" \u200b", "phone_empty", {}),
        ("1" * 65, "phone_too_long", {}),
        ("1380013800", "phone_mobile_length", {"count": 10}),
        ("138001380001", "phone_mobile_length", {"count": 12}),
        ("12000138000", "phone_mobile_prefix", {}),
        ("12345678", "phone_area_code", {}),
        ("0755123", "phone_landline_length", {"count": 7}),
        ("+999123", "phone_country", {}),
        ("+852 1", "phone_country", {}),
        ("微信同号", "phone_characters", {}),
        ("13800138000 或 13900139000", "phone_characters", {}),
        ("13800138000;ext=3", "phone_characters", {}),
        ("=13800138000", "phone_characters", {}),
        ("²3800138000", "phone_characters", {}),
    ],
)
def test_what_is_no_number_says_why(text, code, params):
    with pytest.raises(PhoneError) as caught:
        normalise_phone(text)
    assert (caught.value.code, caught.value.params) == (code, params)


@pytest.mark.parametrize(
    ("e164", "masked", "shown", "tail"),
    [
        (MOBILE, "138 **** 8000", "138 0013 8000", "8000"),
        ("+8675512345678;ext=801", "0755 **** 5678", "0755-12345678-801", "5678"),
        ("+861012345678", "010 **** 5678", "010-12345678", "5678"),
        ("+864001234567", "400 **** 4567", "400-123-4567", "4567"),
        ("+85261234567", "+852 **** 4567", "+852 6123 4567", "4567"),
    ],
)
def test_masked_and_shown(e164, masked, shown, tail):
    assert (mask_phone(e164), show_phone(e164), phone_tail(e164)) == (masked, shown, tail)


def test_virtual_operators_are_told_apart():
    assert normalise_phone("17012345678").is_virtual
    assert not normalise_phone("13800138000").is_virtual


@pytest.mark.parametrize("evil", ["1" * 30_000, "-" * 30_000 + "x", "(" * 30_000, "0755-" * 6_000])
def test_hostile_input_is_refused_at_once(evil):
    begun = time.perf_counter()
    with pytest.raises(PhoneError):
        normalise_phone(evil)
    assert time.perf_counter() - begun < 0.05
