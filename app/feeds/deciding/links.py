"""Web addresses as they are compared: without what only counts visitors."""

import re

# What campaigns, networks and sessions add; a page is the same with and without it.
TRACKING = (
    r"utm_\w+|at_\w+|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|(?:fb|gc|dc|g|tw|y|msc)clid|igshid|wt_mc|xtor|"
    r"cmpid|echobox|ref_src|_wpnonce|nonce|phpsessid|jsessionid|sid|source=rss[^&#]*"
)
_PARAMETER = re.compile(rf"(?:^|(?<=[?&;]))(?:{TRACKING})(?:=[^&;#]*)?(?:&(?:amp;)?|;|$|(?=\#))",
                        re.IGNORECASE)


def without_tracking(link: str) -> str:
    """The same address without parameters that only follow visitors around."""
    if "?" not in link and "#" not in link:
        return link
    rest, mark, fragment = link.partition("#")
    page, question, query = rest.partition("?")
    if question:
        query = _PARAMETER.sub("", query).rstrip("&;")
        page = f"{page}?{query}" if query else page
    kept = _PARAMETER.sub("", fragment)
    return f"{page}#{kept}" if mark and kept else page


def key(link: str | None) -> str:
    """What two addresses of one page have in common; empty for no address.

    Scheme, a leading `www.`, tracking and a trailing slash make no other page. A fragment does:
    some feeds link to the parts of a single page.
    """
    if not link:
        return ""
    rest = without_tracking(link).partition("://")[2]
    page, mark, fragment = rest.partition("#")
    place, question, query = page.partition("?")
    host, _, path = place.partition("/")
    return (f"{host.lower().removeprefix('www.')}/{path.rstrip('/')}{question}{query}"
            f"{mark}{fragment}")


def spellings(link: str) -> set[str]:
    """The ways in which one page is usually written, to look for it by an index."""
    bare = key(link)
    page, *rest = re.split(r"(?=[?#])", bare, maxsplit=1)
    pages = {page.rstrip("/"), page.rstrip("/") + "/"}
    return {f"{scheme}://{www}{each}{''.join(rest)}" for scheme in ("https", "http")
            for www in ("", "www.") for each in pages}


def is_home(link: str | None, site_url: str | None) -> bool:
    """Whether a link leads to the site itself: where every item does, it is nobody's."""
    if not link or not site_url:
        return False
    here, site = key(link), key(site_url)
    return here == site or here == f"{site.partition('/')[0]}/"


def place(link: str | None, site_url: str | None) -> str:
    """The key of a link that is an item's own; empty for none, and for the site itself."""
    return "" if is_home(link, site_url) else key(link)
