"""The rights that are written into every rendition: XMP, EXIF and IPTC, put into and read from each container."""
