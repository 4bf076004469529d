"""The key by which our tokens are signed: made once, kept in the store, where every copy and backup has it.

Owns the table signing_key. Never makes a token (decide/tokens.py), and never replaces a key: a link in a mail of
years ago still has to work.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from litwatch.decide.tokens import Signer
from litwatch.edge.store.inserting import insert_new
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import signing_key

BYTES = 32
_ONLY = 1


def signer(store: Store, now: datetime) -> Signer:
    """What signs with the store's key, which is made where there is none yet."""
    found = known_signer(store)
    if found is not None:
        return found
    with store.writing() as connection:
        made = insert_new(connection, signing_key).values(
            id=_ONLY, secret=secrets.token_hex(BYTES), made_at=now
        )
        connection.execute(made)
        # Another process may have been quicker.
        return Signer(bytes.fromhex(connection.execute(select(signing_key.c.secret)).scalar_one()))


def known_signer(store: Store) -> Signer | None:
    """The same, None where nothing was ever signed; nothing is written."""
    with store.reading() as connection:
        secret = connection.execute(select(signing_key.c.secret)).scalar_one_or_none()
    return None if secret is None else Signer(bytes.fromhex(secret))
