"""The pictures of the chapters: one module a chapter, functions that return Matplotlib figures."""
