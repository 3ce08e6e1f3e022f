"""Moving pictures: frames read one by one, and coded as GIF and WebP without ever holding all of them."""
