"""Files that are sent: what is too large is read to its end and kept nowhere."""

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class TooLargeHandler(FileUploadHandler):
    """Stands before Django's own handlers, and lets ``FILE_MOST_BYTES`` of each file pass.

    The rest of a larger file reaches neither memory nor disk. The form still gets the file's name
    and its true size, without contents, and with them every other answer that was sent: so it can
    say in words what was wrong, and keeps what was typed.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.passed = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.passed = start + len(raw_data)
        return raw_data if self.passed <= settings.FILE_MOST_BYTES else None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if self.passed <= settings.FILE_MOST_BYTES:
            return None
        for handler in self.request.upload_handlers if self.request else ():
            handler.upload_interrupted()  # what one of them has begun to write goes
        return UploadedFile(
            file=ContentFile(b""), name=self.file_name, content_type=None, size=self.passed
        )
