"""Receiving files: a body that is too large is thrown away as it comes, not kept on the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from common.imports.door import MAX_BYTES

TOO_LARGE = "too_large_upload"


class BoundedUpload(FileUploadHandler):
    """First of the upload handlers: past the limit the file counts as not sent.

    The request remembers it, so that the form can say why.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Each file has the limit for itself."""
        self.received = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on, until there are too many. Raises SkipFile."""
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            if self.request is not None:
                setattr(self.request, TOO_LARGE, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handlers keep the file."""


def was_too_large(request: Any) -> bool:
    """Whether a file of this request was thrown away."""
    return bool(getattr(request, TOO_LARGE, False))
