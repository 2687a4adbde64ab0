"""The policy of a page names its own inline lines by hash, and nothing twice."""

from __future__ import annotations

import re

from emergence_lib.sphinxext.policy import hashes, with_policy

PAGE = """<html><head>
<meta charset="utf-8"><script>one()</script><style>p {}</style></head><body>
<script src="file.js"></script><script type="application/json">{"two": 2}</script>
<script>one()</script><script type="module">three()</script></body></html>"""
# printf 'one()' | openssl dgst -sha256 -binary | base64
ONE = "'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='"


def test_scripts_are_named_by_the_hash_that_browsers_compute() -> None:
    found = hashes(PAGE, "script")
    assert found[0] == ONE
    assert len(found) == 2  # one(), which stands twice, and three(); data are no scripts
    assert len(hashes(PAGE, "style")) == 1


def test_the_policy_is_the_first_line_of_the_head_and_written_once() -> None:
    page = with_policy(PAGE)
    assert page.index("Content-Security-Policy") < page.index("charset")
    assert with_policy(page) == page
    changed = with_policy(page.replace("one()", "four()"))
    assert changed.count("Content-Security-Policy") == 1
    assert ONE not in changed


def test_no_inline_script_is_let_through_unnamed() -> None:
    rules = re.findall(r"([\w-]+-src) ([^;\"]+)", with_policy(PAGE))
    assert "'unsafe-inline'" not in dict(rules)["script-src"]
    assert "'unsafe-eval'" not in with_policy(PAGE)
    assert "blob:" in dict(rules)["worker-src"]


def test_a_page_without_a_head_is_left_alone() -> None:
    assert with_policy('<meta http-equiv="Refresh">') == '<meta http-equiv="Refresh">'
