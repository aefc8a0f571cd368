"""Encryption of personal fields and the keyed index that still finds them (PLT-01).

Ciphertext layout: 4 bytes key id, 12 bytes nonce, AES-256-GCM ciphertext with tag. The associated
data names table and column, so a value moved to another column does not decrypt. Keys come from
the settings: ``FIELD_KEYS`` (newest first; older ones only decrypt) and ``INDEX_KEY``.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_ID_BYTES = 4
NONCE_BYTES = 12
INDEX_BYTES = 16


class UndecryptableError(ValueError):
    """No key in ``FIELD_KEYS`` opens the value."""


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    raw = [bytes.fromhex(key) for key in keys]
    return {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in raw}


def encrypt(text: str, *, place: str) -> bytes:
    """Return ``text`` encrypted under the newest key, bound to ``place`` ("table.column")."""
    ciphers = _ciphers(tuple(settings.FIELD_KEYS))
    key_id = next(iter(ciphers))
    nonce = os.urandom(NONCE_BYTES)
    return key_id + nonce + ciphers[key_id].encrypt(nonce, text.encode(), place.encode())


def decrypt(blob: bytes, *, place: str) -> str:
    """Return the text inside ``blob``; raise ``UndecryptableError`` when no key opens it."""
    cipher = _ciphers(tuple(settings.FIELD_KEYS)).get(blob[:KEY_ID_BYTES])
    body = KEY_ID_BYTES + NONCE_BYTES
    if cipher is None:
        raise UndecryptableError(f"unknown key id in {place}")
    try:
        return cipher.decrypt(blob[KEY_ID_BYTES:body], blob[body:], place.encode()).decode()
    except InvalidTag:
        raise UndecryptableError(f"value in {place} was altered") from None


def newest_key_id() -> bytes:
    """Return the id of the key that encrypts now."""
    return next(iter(_ciphers(tuple(settings.FIELD_KEYS))))


def key_id(blob: bytes) -> bytes:
    """Return the id of the key that encrypted ``blob``; rotation looks for old ones."""
    return blob[:KEY_ID_BYTES]


@lru_cache(maxsize=2)
def _index_hmac(key: str) -> hmac.HMAC:
    return hmac.new(bytes.fromhex(key), digestmod=hashlib.sha256)


def blind_index(value: str, *, scope: str) -> bytes:
    """Return the 16-byte keyed digest of ``value`` within ``scope``; the same for the same."""
    mac = _index_hmac(settings.INDEX_KEY).copy()
    mac.update(f"{scope}\0{value}".encode())
    return mac.digest()[:INDEX_BYTES]
