"""What goes wrong between PubMed and us, on order (docs/completeness.md is the list for users).

Each is a fact of E-utilities that clients have met; most come with HTTP 200. `refusals` are answers that are
none, `wires` broken connections, `lists` and `records` answers that look right; `planning` says which comes when.
"""

from litwatch.sandbox.faults.planning import FAULTS, Faults
from litwatch.sandbox.faults.refusals import too_many_requests
from litwatch.sandbox.faults.wires import ADDRESSES

__all__ = ["ADDRESSES", "FAULTS", "Faults", "too_many_requests"]
