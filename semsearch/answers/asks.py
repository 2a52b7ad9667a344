"""The kinds of question."""

from enum import StrEnum


class Asks(StrEnum):
    """What a question wants to know."""

    VOTE = "vote"
    REASON = "reason"
    DECISION = "decision"
    STATUS = "status"
    OFTEN = "often"
    DATE = "date"
    AMOUNT = "amount"
    COUNT = "count"
    PERSON = "person"
    LIST = "list"
    PLACE = "place"
    YES_NO = "yes_no"
    TOPIC = "topic"  # no question: words on a subject
