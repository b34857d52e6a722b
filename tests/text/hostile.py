"""What strangers try, and what must be true of all that is left of it."""

import re
from html.parser import HTMLParser

from hypothesis import strategies as st

from app import text

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='/media/a.webp' onload='alert(1)'>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href=\"https://ok.example/\" style=\"position:fixed\" class=\"primary\" id=\"queue\">x</a>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote>",
    "<q cite='javascript:alert(1)'>x</q>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action='/desk/items/1/approval' method=post><button>x</button></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p hx-get='/account/' hx-trigger='load'>x</p>",
    "<p data-hx-get='/account/' data-hx-trigger='load'>x</p>",
    "<p data-hx-on='alert(1)' hx-on:click='alert(1)' hx-on--load='alert(1)'>x</p>",
    "<hx-partial hx-target='#queue'>x</hx-partial>",
    "<b sse-connect='/x' ws-connect='/y'>x</b>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<p lang='en\" onmouseover=\"alert(1)'>x</p>",
    "<a title='\"><img src=x onerror=alert(1)>'>x</a>",
    # If `<` stayed as it is inside an attribute, taking out the empty picture would open it.
    "<a title='<img '></a> <abbr title=' onmouseover=alert(1) x'>z</abbr>",
    "<abbr title='<h1'></abbr><abbr title='</h1 onclick=alert(1)'>z</abbr>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<p><table><td><img src=x onerror=alert(1)><form><input name=parentNode>",
]
PIECES = st.sampled_from([
    *HOSTILE, "<", ">", "'", '"', "=", "/", "&", "&lt;", "&#60;", "<!--", "-->", "<p", "<a ",
    "<img ", "<h1>", "</h1>", "<svg>", "</svg>", "<math>", "<table>", "<b>", "</p>", "</b>",
    " title='",
    " href=", " src=", " onclick=", " style=", " class=", " id=", " data-x=", " hx-get=", "x",
    "javascript:", "/media/a.webp", "https://a.example/", "\n", "\t", "\x00", " ", "é", "😀",
    "\u2028"])
SOUP = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80))


class Seen(HTMLParser):
    """What a browser would see in a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(markup: str) -> None:
    seen = Seen(markup)
    assert set(seen.tags) <= text.ALLOWED_TAGS - {"h1"}
    for tag, name, value in seen.attributes:
        given_by_us = (tag, name, value) == ("a", "rel", text.OUTSIDE_REL)
        allowed = text.ALLOWED_ATTRIBUTES.get(tag, set()) | text.ALLOWED_ATTRIBUTES["*"]
        assert name in allowed or given_by_us, (tag, name)
        assert not re.match(r"on|hx-|data-|style$|class$|id$", name)
        if name in {"href", "cite"} and ":" in value.split("/")[0]:
            assert value.split(":")[0].lower() in text.ALLOWED_SCHEMES, value
        if name == "src":
            assert value.startswith("/media/")
