"""Pure decisions: what counts as new, what changed, what is due, what a digest holds and in which order.

Owns the rules; old state, news and `now` go in, intents come out. Never reads a store, a socket or a clock.
"""
