"""Which characters a feed's bytes are, where its labels are known to be wrong.

UTF-8 labelled windows-1252 is the field's commonest mistake. Bytes that are not ASCII and yet
valid UTF-8 are UTF-8 whatever a label says: other encodings hit its patterns by chance about
never. A byte order mark beats labels too. All else is left to feedparser, which follows RFC 3023.
"""

import codecs
import re
from dataclasses import dataclass

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_ASCII = bytes(range(128))
# Escape and the shifts stay: ISO-2022 writes Japanese and Korean with them.
_CONTROLS = bytes(sorted(set(range(32)) - {9, 10, 13, 14, 15, 27}))
_LABEL = re.compile(rb"encoding\s*=\s*[\"']([^\"'>]{1,40})", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\"';\s]{1,40})", re.I)
# Those in which ASCII bytes are ASCII, after Python's names. UTF-7, EBCDIC or unicode_escape
# could say "<!ENTITY" in other bytes than we look for, and no feed is written in them.
_TRANSPARENT = re.compile(
    r"ascii|utf-8.*|utf-(?:16|32).*|iso8859-.*|cp(?:125\d|437|85\d|86\d|874|932|949|950)|koi8-.*|"
    r"gb.*|big5.*|euc_.*|shift_jis.*|iso2022_.*|mac-.*|johab|tis-620|ptcp154|kz1048"
)
_CHARACTER_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]+|[0-9]+);?")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}".encode()


@dataclass(frozen=True)
class Decoded:
    """Bytes for feedparser, and the content type to tell it with them."""

    body: bytes
    content_type: str


def settle(body: bytes, content_type: str) -> Decoded:
    """The same document without NULs and impossible character references, as UTF-8 if it is that.

    A few bytes that break otherwise valid UTF-8 (a pasted windows-1252 quote) are read as
    windows-1252 and do not spoil the rest. Two- and four-byte characters without a mark pass
    untouched.
    """
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), None)
    if marked:
        body = body.decode(marked, "replace").encode()
    elif b"\x00" in body[:4]:
        return Decoded(body, content_type)
    body = _CHARACTER_REFERENCE.sub(_possible, body.translate(None, _CONTROLS))
    text = _as_utf8(body) or _as_what_it_is_not(body, content_type)
    if text is None and not marked:
        return Decoded(body, content_type)
    return Decoded(text.encode() if text else body, "application/xml; charset=utf-8")


def _as_utf8(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _mended(body)
    return None if body.isascii() else text


def _as_what_it_is_not(body: bytes, content_type: str) -> str | None:
    labels = [label.decode("latin-1") for label in _LABEL.findall(body[:500])]
    if all(map(_is_transparent, labels + _CHARSET.findall(content_type))):
        return None
    return body.decode("cp1252", "replace")


def _is_transparent(label: str) -> bool:
    try:
        return _TRANSPARENT.fullmatch(codecs.lookup(label).name) is not None
    except (LookupError, ValueError):
        # feedparser does not know it either and goes on to UTF-8 and windows-1252.
        return True


def _mended(body: bytes) -> str | None:
    rest, good = _MULTIBYTE.subn(b"", body)
    if good <= 4 * len(rest.translate(None, _ASCII)):
        return None
    return body.decode("utf-8", "read-as-cp1252")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start:error.end].decode("cp1252", "replace"), error.end


codecs.register_error("read-as-cp1252", _as_cp1252)


def _possible(match: re.Match[bytes]) -> bytes:
    digits = match.group(1)
    is_hex = digits[:1] in b"xX"
    # More digits than any character has; int() would even refuse a few thousand of them.
    if len(digits) > 12:
        return _REPLACEMENT
    point = int(digits[1:], 16) if is_hex else int(digits)
    is_character = point < 0x110000 and not 0xD800 <= point < 0xE000
    is_text = point >= 32 or point in (9, 10, 13)
    return match.group() if is_character and is_text else b"" if is_character else b"&#xFFFD;"
