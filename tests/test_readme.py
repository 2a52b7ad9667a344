"""What the README shows works as shown."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.S)
COMMANDS = [
    shlex.split(line, comments=True)[1:]
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith(("semsearch ", ".venv/bin/semsearch "))
]


def test_there_is_something_to_check() -> None:
    assert len(COMMANDS) >= 10


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands(command: list[str], corpus_index: Path) -> None:
    environment = {**os.environ, "SEMSEARCH_INDEX": str(corpus_index)}
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_python(corpus_index: Path) -> None:
    (block,) = [block for language, block in BLOCKS if language == "python"]
    code = block.replace('"indexes/minutes"', repr(str(corpus_index)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "23-007315" in done.stdout


def test_the_answer_shown_is_the_answer_given(corpus_index: Path) -> None:
    shown = next(block for language, block in BLOCKS if language == "text" and "Solgården" in block)
    environment = {**os.environ, "SEMSEARCH_INDEX": str(corpus_index)}
    question = "what was decided about Solgården takster"
    command = [sys.executable, "-m", "semsearch", "ask", question]
    given = subprocess.run(command, capture_output=True, text=True, env=environment, check=False).stdout
    for line in shown.strip().splitlines():
        assert " ".join(line.split()) in " ".join(given.split())


def test_every_file_it_names_is_there() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path
