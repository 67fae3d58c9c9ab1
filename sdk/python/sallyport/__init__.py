"""A client of Sallyport, the self-hosted connector gateway.

    from sallyport import Sallyport

    platform = Sallyport()  # SALLYPORT_URL and SALLYPORT_TOKEN
    customer = platform.custom.crm.get_customer(customer_id="cus_0001")

`AsyncSallyport` is the same to await. Standard library only.
"""

from .asynchronous import AsyncSallyport
from .client import Sallyport
from .errors import PendingApproval, SallyportError, SallyportProblem, SallyportUnreachable

__all__ = [
    "AsyncSallyport",
    "PendingApproval",
    "Sallyport",
    "SallyportError",
    "SallyportProblem",
    "SallyportUnreachable",
]
