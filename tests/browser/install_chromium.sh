#!/usr/bin/env bash
# A real Chromium for the browser tests: the one that is there, Debian's as root, else Playwright's.
# Debian's headless shell is the same browser without its windows, and takes less than half the time.
set -euo pipefail
if command -v chromium-headless-shell >/dev/null; then exit 0; fi
there() { command -v chromium >/dev/null || command -v google-chrome >/dev/null; }
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's Chromium for the browser tests."
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq chromium chromium-headless-shell >/dev/null; } \
    || there || apt-get install -y -qq chromium >/dev/null
elif ! there && ! playwright install chromium; then
  echo "The browser tests need Chromium: install your system's chromium package." >&2
  exit 1
fi
