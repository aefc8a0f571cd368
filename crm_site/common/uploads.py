"""What an upload may take: so many bytes, and no more room than the disk has (A-60).

Judged while the request is read, before any page or form sees it: a body that says it is too long
is not read at all, one that does not say so is given up at the limit.
"""

import errno
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import UnavailableError

REST_OF_FORM = 1 << 20  # what a form may hold beside its file
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class UploadTooBigError(RequestDataTooBig):
    """The files of a request are larger than the installation takes."""

    def __init__(self) -> None:
        super().__init__("upload above the limit")
        self.limit = settings.IMPORT_MAX_BYTES


class NoRoomError(UnavailableError):
    """The server cannot keep the file: its disk is full."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The server has no room left for the file; nothing of it was kept. Tell whoever"
                " runs the system, then send the file again."
            )
        )


class BoundedUploadHandler(FileUploadHandler):
    """Counts the bytes of all files of a request; hands them on to the next handler."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 -- Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse a request that announces too much."""
        self._taken = 0
        if content_length > settings.IMPORT_MAX_BYTES + REST_OF_FORM:
            raise _given_up(self, UploadTooBigError())

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes:
        """Refuse what did not announce its length, once it is too much."""
        self._taken += len(raw_data)
        if self._taken > settings.IMPORT_MAX_BYTES + REST_OF_FORM:
            raise _given_up(self, UploadTooBigError())
        return raw_data

    def file_complete(self, _file_size: int) -> None:
        """Leave the file to the next handler."""


class CarefulTemporaryFileUploadHandler(TemporaryFileUploadHandler):
    """Keeps larger files on disk; says so when there is no room for one."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open the file on disk."""
        with _room(self):
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        with _room(self):
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """Return the file, with every byte of it on disk."""
        with _room(self):
            return super().file_complete(file_size)


class _room:  # noqa: N801 -- reads as a block
    """Turns a full disk into words, and the rest of the request into nothing."""

    def __init__(self, handler: TemporaryFileUploadHandler) -> None:
        self._handler = handler

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, OSError) and error.errno in FULL:
            with suppress(OSError):
                self._handler.upload_interrupted()
            raise _given_up(self._handler, NoRoomError()) from error


def _given_up(handler: FileUploadHandler, error: Exception) -> Exception:
    """Return ``error``; whoever asks for the form after it finds an empty one."""
    request: Any = handler.request
    request._mark_post_parse_error()
    return error
