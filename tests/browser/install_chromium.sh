#!/usr/bin/env bash
# A real Chromium for the browser tests: the one that is there, Debian's as root, else Playwright's.
set -euo pipefail
if command -v chromium >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's chromium for the browser tests."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
elif ! playwright install chromium; then
  echo "The browser tests need Chromium: install your system's chromium package." >&2
  exit 1
fi
