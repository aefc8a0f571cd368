"""Uploaded files kept encrypted in the database, and handed out only to be saved.

What a file is, its first bytes say, not its name. Pictures lose their metadata before they are
kept (``crm_site.common.pictures``).
"""

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.pictures import PictureError, picture_type, without_metadata

MAX_NAME = 120
PICTURES = "image/jpeg,image/png,image/webp"
PAPERS = ".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.png,.webp"
PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_PARTS = {
    "word/document.xml": ("docx", f"{_OFFICE}wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "ppt/presentation.xml": ("pptx", f"{_OFFICE}presentationml.presentation"),
}
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", PDF: "pdf"}


class StoredFile(models.Model):
    """A file with its name and kind; the bytes are encrypted."""

    name = models.CharField(max_length=MAX_NAME)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is kept")
    content = EncryptedTextField(help_text="base64")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def data(self) -> bytes:
        """Return the bytes of the file."""
        return base64.b64decode(str(self.content))


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that may be kept: the fields of ``StoredFile``."""

    name: str
    media_type: str
    data: bytes

    def values(self) -> dict[str, Any]:
        """Return the columns of a row."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "size": len(self.data),
            "digest": hashlib.sha256(self.data).hexdigest(),
            "content": base64.b64encode(self.data).decode(),
        }


def take_picture(upload: UploadedFile, *, limit: int) -> Taken:
    """Return a JPEG, PNG or WebP picture without its metadata; ``limit`` in bytes.

    Raise ValidationError for anything else.
    """
    data = _read(upload, limit)
    try:
        clean = without_metadata(data)
    except PictureError as error:
        raise ValidationError(
            _("Only photos as JPEG, PNG or WebP can be kept; this file is none, or is damaged."),
            code="no_picture",
        ) from error
    return Taken(_name(upload, _ENDINGS[picture_type(clean)]), picture_type(clean), clean)


def take_paper(upload: UploadedFile, *, limit: int) -> Taken:
    """Return a PDF, an Office document or a picture; ``limit`` in bytes.

    Raise ValidationError for anything else.
    """
    data = _read(upload, limit)
    if picture_type(data):
        return take_picture(upload, limit=limit)
    if data.startswith(b"%PDF-"):
        return Taken(_name(upload, "pdf"), PDF, data)
    ending, media_type = _office_kind(data)
    if not media_type:
        raise ValidationError(
            _("Only PDF, Word, Excel, PowerPoint and photos can be kept; save it as one of these."),
            code="no_paper",
        )
    return Taken(_name(upload, ending), media_type, data)


def hand_out(file: StoredFile) -> HttpResponse:
    """Return the file to be saved; no browser shows or runs it."""
    response = HttpResponse(file.data(), content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _read(upload: UploadedFile, limit: int) -> bytes:
    if (upload.size or 0) > limit:
        raise ValidationError(
            _("The file is larger than %(limit)s. Send a smaller one.")
            % {"limit": filesizeformat(limit)},
            code="too_large",
        )
    upload.seek(0)
    data: bytes = upload.read()
    upload.seek(0)
    if not data:
        raise ValidationError(_("The file is empty. Choose another one."), code="empty")
    return data


def _name(upload: UploadedFile, ending: str) -> str:
    """Return a harmless name with the ending of what the file really is."""
    last = (upload.name or "").replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    try:
        safe = get_valid_filename(stem)
    except SuspiciousFileOperation:  # a name of nothing but dots
        safe = ""
    return f"{safe[: MAX_NAME - 8] or 'file'}.{ending}"


def _office_kind(data: bytes) -> tuple[str, str]:
    if not data.startswith(b"PK\x03\x04"):
        return "", ""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except zipfile.BadZipFile:
        return "", ""
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), ("", ""))
