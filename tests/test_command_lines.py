"""Both command lines are one: the same commands, options, defaults and words, which cannot drift."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from mt_scanner._types.contract import EXAMPLES
from mt_scanner.cli._arguments import the_parser
from support.doors import LIBRARIANS, Door
from support.options import Option, of_mt_scan, of_python
from support.trees import FIXTURES

HELP = ("--help", "-h")
"""Worded by the libraries that parse."""
SHELLS = {"bash", "fish", "powershell", "zsh"}
"""Shells that both complete in; each generator knows one more."""


def comparable(option: Option) -> Option:
    if "SHELL" in option.names or "shell" in option.names:
        assert set(option.choices) >= SHELLS and len(option.choices) == len(SHELLS) + 1
        return replace(option, choices=())
    return option


def test_both_have_the_same_commands() -> None:
    assert of_mt_scan().keys() == of_python().keys()


@pytest.mark.parametrize("command", sorted(of_python()))
def test_a_command_takes_the_same_and_says_the_same(command: str) -> None:
    ours, theirs = of_python()[command], of_mt_scan()[command]
    assert ours.options.keys() == theirs.options.keys()
    for names in ours.options.keys() - {HELP}:
        assert comparable(ours.options[names]) == comparable(theirs.options[names])
    assert ours.about == theirs.about
    assert ours.behind == theirs.behind
    assert "manual: mt-scan man" in ours.behind
    assert "examples:" in ours.behind and ("exit codes:" in ours.behind) == (command == "")


def test_every_command_has_examples_and_takes_their_words() -> None:
    assert EXAMPLES.keys() == of_python().keys()
    for command, lines in EXAMPLES.items():
        for line, about in lines:
            words = shlex.split(re.split(" [>|] ", line)[0])
            if "--help" not in words:
                assert the_parser().parsed(words).command == (command or words[0]) and about


def test_an_option_that_one_lacks_is_found() -> None:
    """The comparison sees what it should: every option is there, with its value."""
    index = of_mt_scan()["index"].options
    assert {("--memory-limit",), ("--db",), ("--verbose", "-v"), ("PATH",)} <= index.keys()
    assert index[("--mode",)].choices == ("full", "quick") and index[("--mode",)].default == "full"
    assert index[("--memory-limit",)].takes_value and not index[("--json",)].takes_value
    assert index[("PATH",)].several and not of_mt_scan()["artwork"].options[("FILE",)].several


def said(door: Door, *arguments: object) -> subprocess.CompletedProcess[str]:
    command, _ = door.command(Path("/"))
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["sacn", "."], "scan"),
        (["index", ".", "--memory-limt", "3"], "--memory-limit"),
        (["index", ".", "--mode", "quik"], "quick"),
        (["count", "--include-ignore", "."], "--include-ignored"),
        (["completions", "bsah"], "bash"),
    ],
)
def test_a_typo_is_wrong_usage_and_what_was_meant_is_said(door: Door, arguments: list[str], meant: str) -> None:
    done = said(door, *arguments)
    assert done.returncode == 2 and done.stdout == ""
    hints = [line for line in done.stderr.splitlines() if "tip:" in line or "did you mean" in line]
    assert len(hints) == 1 and f"'{meant}'" in hints[0], done.stderr


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_nothing_is_meant_by_a_word_that_is_like_no_other(door: Door) -> None:
    done = said(door, "scan", ".", "--xyzzy")
    assert done.returncode == 2 and "--xyzzy" in done.stderr
    assert "did you mean" not in done.stderr and "similar" not in done.stderr


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_help_is_a_command_as_well(door: Door) -> None:
    assert said(door, "help", "index").stdout == said(door, "index", "--help").stdout
    assert said(door, "help").stdout == said(door, "--help").stdout


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_shells_can_complete_the_words(door: Door, shell: str) -> None:
    script = said(door, "completions", shell).stdout
    assert "include-ignored" in script and "--memory-limit".lstrip("-") in script and "purge" in script
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_the_manual_has_a_page_of_every_command_and_one_of_the_program(door: Door) -> None:
    program = "mt-scan" if door.name == "mt-scan" else "mt-scanner"
    whole = said(door, "man").stdout
    for command in of_python():
        page = said(door, "man", *command.split()).stdout.replace("\\-", "-")
        name = f"{program}-{command}".removesuffix("-")
        assert page.count(".TH") == 1 and f"\n{name} - " in page, page[:300]
        for names in of_python()[command].options:
            for option in names:
                assert option in page, (command, option)
        assert ".SH EXAMPLES" in page or '.SH "EXAMPLES"' in page
        assert command in whole
    assert "EXIT STATUS" in whole and "interrupted by Ctrl\\-C" in whole


def test_inspect_shows_several_files_alike_and_one_that_cannot_be_shown_costs_no_other(tmp_path: Path) -> None:
    songs = [tmp_path / "a.mp3", tmp_path / "deep" / "b.flac"]
    songs[1].parent.mkdir()
    shutil.copyfile(FIXTURES / "formats" / "mp3-cbr.mp3", songs[0])
    shutil.copyfile(FIXTURES / "formats" / "flac-16-44.flac", songs[1])
    gone, nowhere = tmp_path / "gone.mp3", tmp_path / "nowhere" / "c.mp3"
    whole = [said(door, "inspect", songs[0], gone, songs[1], nowhere) for door in LIBRARIANS]
    for done in whole:
        assert done.returncode == 3
        complaints = [line.partition(": ")[2] for line in done.stderr.splitlines()]
        assert complaints == [f"{gone}: no file is there", f"{nowhere}: no file is there"]
    assert len({done.stdout for done in whole}) == 1, "the doors differ"
    first, second = whole[0].stdout.split("\n\nroot ")
    assert first.startswith("root ") and "\npath " in first and "a.mp3\n" in first and "b.flac\n" in second
    assert re.search(r"^mtime  +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$", first, re.MULTILINE)
    assert " ns " not in first and re.search(r"^duration  +0:00:0\d\.\d{3}$", first, re.MULTILINE)
    alone = [said(door, "inspect", "--json", *songs) for door in LIBRARIANS]
    assert {done.returncode for done in alone} == {0}
    assert [[json.loads(line)["track"]["path"] for line in done.stdout.splitlines()] for done in alone] == [
        ["a.mp3", "b.flac"]
    ] * len(LIBRARIANS)


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_limit_of_memory_is_kept(door: Door, tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"")
    done = said(door, "inspect", "--memory-limit", 1, tmp_path / "a.mp3")
    assert done.returncode == 3 and "memory" in done.stderr, done.stderr
    assert said(door, "inspect", "--memory-limit", 64, tmp_path / "a.mp3").returncode == 0
