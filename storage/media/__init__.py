"""Media: the files of pictures, named by what is in them, on a disk or in an object store."""
