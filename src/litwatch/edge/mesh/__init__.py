"""MeSH as a file: the one that is shipped, or a newer one that `litwatch mesh update` wrote.

Owns reading, writing and updating it; `MeshFile` satisfies litwatch.query.mesh.Mesh. Never fetches anything.

    file.py      reading: find, explode, subheadings
    writing.py   making the file
    sources.py   what NLM publishes: descriptor and qualifier XML, the tree file; our own table
    updating.py  a newer MeSH over the one in use, and what it changed
"""

from __future__ import annotations

from pathlib import Path

from litwatch.edge.mesh.file import SHIPPED, About, MeshDamaged, MeshFile, MeshTooNew

__all__ = ["SHIPPED", "About", "MeshDamaged", "MeshFile", "MeshTooNew", "mesh_in_use"]


def mesh_in_use(file: Path) -> MeshFile:
    """What `mesh update` wrote to `file`, or the shipped one where it has not; nothing is opened yet."""
    there = file.exists() or file.is_symlink()  # a link to nowhere is a fault to tell, not a missing update
    return MeshFile(file if there else SHIPPED)
