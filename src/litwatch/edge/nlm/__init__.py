"""NLM's baseline and update files: `files` on disk (names, order, MD5), `mirroring` from NLM's server."""
