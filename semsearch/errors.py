"""Everything semsearch raises on purpose, as one tree; each class has its exit code and HTTP status.

SemsearchError            1   500
├── UsageError            2   400   the question or the options cannot be used
│   └── NotFound          1   404   a case, meeting or item the index does not hold
├── IndexMissing          3   503   no index, or one this version or model cannot use
├── ModelMissing          4   503   the model is not on disk and no hub can be reached
├── IndexLocked           5   503   another run is writing the index
├── DocumentError         6   422   one document cannot be read; the run goes on without it
└── IndexDamaged          7   503   a byte of the index is not what was written
"""


class SemsearchError(Exception):
    """Base of all errors meant for a user: what happened, where, and `hint`: what to do next."""

    exit_code = 1
    http_status = 500
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SemsearchError):
    """A question, option or file that cannot be used as given."""

    exit_code = 2
    http_status = 400
    code = "usage"


class NotFound(UsageError):
    """A case, meeting or item that the index does not hold."""

    exit_code = 1
    http_status = 404
    code = "not_found"


class IndexMissing(SemsearchError):
    """No index at the place named, or one of another format or model."""

    exit_code = 3
    http_status = 503
    code = "index_missing"


class ModelMissing(SemsearchError):
    """The model named is not on this machine and cannot be fetched."""

    exit_code = 4
    http_status = 503
    code = "model_missing"


class IndexLocked(SemsearchError):
    """Another run holds the index's lock."""

    exit_code = 5
    http_status = 503
    code = "index_locked"


class DocumentError(SemsearchError):
    """One document cannot be read; it is named and skipped, the run goes on."""

    exit_code = 6
    http_status = 422
    code = "document"


class IndexDamaged(SemsearchError):
    """A file of the index does not hold the bytes that were written."""

    exit_code = 7
    http_status = 503
    code = "index_damaged"
