"""The page cache: whole pages as ready bytes, for whoever comes without a cookie.

What a page carries and what a change disturbs are declared as tags: `cache_tag` and `cache_tags` on
models, `cached` on routes, `carries` in reads. A transaction that disturbs something says so in a
log that it writes itself; every process follows the log and drops the pages with those tags. No
route and no action ever says "purge".
"""

from app.pagecache.changing import UNKNOWN, Change, disturb
from app.pagecache.declaring import NEVER, PAGES, cached, carries

__all__ = ["NEVER", "PAGES", "UNKNOWN", "Change", "cached", "carries", "disturb"]
