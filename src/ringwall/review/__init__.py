"""Review: reads code, and finds what the guide to microservice security calls antipatterns.

Deterministic and offline. A file that cannot be read is an error in the report, never a skip.
"""

from __future__ import annotations

from ringwall.review.finding import Finding, Unread
from ringwall.review.report import Report, review

__all__ = ["Finding", "Report", "Unread", "review"]
