"""An allowance that does not hold. What is wrong with each is found in ``ringwall.review.allow``."""

from ringwall.review.check import Check

check = Check(
    id="allowance",
    title="an allowance without a reason, after its date, or with nothing to allow",
    severity="medium",
    cwe=1116,
    chapter="Common antipatterns",
    why="A finding that is switched off without a reason and a date stays off for ever, and nobody knows why.",
    fix="Write: ringwall: allow <check> until=YYYY-MM-DD because <reason>. Delete it when nothing is left to allow.",
)
