"""Answers that are not accepted, by prompt."""

from __future__ import annotations

from stage7_plugin.host_facts import TAKEN_VERBS
from stage7_plugin.spec.answers import CHOICES

REJECTED = {
    "plugin_name": ["", "x" * 81, "a\nb", "a\tb", "\x1b[2J", "a\u202eb", "a\u2067b", "\udcff", " a",
                    "a ", "a\u2028b", "a\x85b", "a\x7fb", "a\ufffeb"],
    "plugin_slug": ["", "Text", "1a", "a_b", "a--b", "-a", "a-", "a" * 51, "con", "aux", "nul",
                    "com1", "lpt9", "../x", "a/b", "a.b", "größe", "a b", "a\n", "$(id)"],
    "verb": ["", "text", "1A", "A__B", "_A", "A_", "A-B", "A" * 61, "A\n", "ÄRA", *TAKEN_VERBS],
    "description": ["x" * 9, "x" * 201, "two\nlines of text", "x" * 9 + " ", "bell \x07 in here"],
    "inputs": ["", " ; ", "a", "a:text", "[", "[]", "{}"],
    "outputs": ["", "r:string=1", "r:string=\"x\""],
    "version": ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0-rc1", "01.0.0", "1.0.0\n", "\u0661.0.0",
                "1.0.1000000000"],
    "author": ["", "x" * 101, "a\nb"],
    "image_namespace": ["", "/", "Stage7", "a//b", "a/", "/a", "a b", "registry.example.com:0/x",
                        "registry.example.com:65536/x", "a:tag/b:c", "-a", "a_", "x" * 201,
                        "localhost:5000/", "a___b", "$(id)", "a\n"],
    "permissions": ["net", "net.fetch fs.read", "NET.FETCH", "net.fetch; fs.read"],
    "memory": ["", "31m", "32767k", "256", "256M", "256mb", "m", "1.5g", "-1g", "1025g", "32m\n",
               "\u0663\u0662m", "9" * 30 + "g"],
    "cpu": ["", "0", "0.0", "0.009", "-1", "1e3", ".5", "1.", "256.1", "nan", "1\n", "\u0661"],
    "timeout_seconds": ["", "0", "3601", "-1", "1.5", "030", "30s", "1\n", "\u0663"],
    **{prompt: ["", "none of these"] for prompt in CHOICES},
}  # fmt: skip
