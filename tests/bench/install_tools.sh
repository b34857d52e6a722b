#!/usr/bin/env bash
# nginx and wrk for the benchmarks: those that are there, else Debian's, unpacked into .cache/bench
# and not installed. That needs no root, and no web server begins to run on this machine.
set -euo pipefail
place="$(cd "$(dirname "$0")/../.." && pwd)/.cache/bench"
export PATH="$place/bin:/usr/sbin:$PATH"
if command -v nginx >/dev/null && command -v wrk >/dev/null; then exit 0; fi
if ! { command -v apt-get && command -v dpkg; } >/dev/null; then
  echo "The benchmarks need nginx and wrk: install your system's packages of that name." >&2
  exit 1
fi
echo "Fetching Debian's nginx and wrk for the benchmarks."
mkdir -p "$place/bin" "$place/packages"
cd "$place/packages"
fetch() { apt-get download -qq nginx wrk libluajit-5.1-2 libpcre2-8-0 >/dev/null; }
fetch 2>/dev/null || { [ "$(id -u)" != 0 ] || apt-get update -qq; fetch; }
for package in ./*.deb; do dpkg -x "$package" "$place"; done
libraries="$(dirname "$(find "$place/usr/lib" -name 'libluajit-5.1.so.2' | head -1)")"
for tool in sbin/nginx bin/wrk; do
  printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s" "$@"\n' "$libraries" "$place/usr/$tool" \
    > "$place/bin/${tool#*/}"
  chmod +x "$place/bin/${tool#*/}"
done
