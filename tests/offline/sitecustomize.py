"""Python runs this at start where its folder is on PYTHONPATH, and so cuts off what the tests start."""

import no_network  # noqa: F401
