"""Numbers and tables behind the chapters: computed from data, laws and fits; no plotting."""
