"""litwatch: watches PubMed for a subject and mails a digest that can be trusted."""

__version__ = "0.1.0"
