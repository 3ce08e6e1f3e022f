"""Pages, forms and their rules; the browser tests want Chromium and say so where it is missing."""
