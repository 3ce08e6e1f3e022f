"""Media: the files of pictures, named by what is in them, on a disk or in an object store."""

from storage.media.files import MediaStore, Namespace, S3Options, open_media

__all__ = ["MediaStore", "Namespace", "S3Options", "open_media"]
