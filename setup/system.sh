#!/usr/bin/env bash
# Install what a Debian machine lacks for conventions; do nothing when all is there.
#   setup/system.sh          what the program needs
#   setup/system.sh tests    what its tests need besides
set -euo pipefail

missing=()
need() { missing+=("$@"); }

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then need python3 python3-venv; fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
command -v soffice >/dev/null 2>&1 || need libreoffice-writer-nogui
/usr/bin/python3 -I -c 'import uno' 2>/dev/null || need python3-uno  # keeps LibreOffice warm between two papers
# /usr/sbin is not in everybody's PATH; read to the end as below
PATH="$PATH:/usr/sbin" ldconfig -p | grep libtcmalloc_minimal.so.4 >/dev/null || need libtcmalloc-minimal4  # LibreOffice works a tenth faster
command -v pdfsig  >/dev/null 2>&1 || need poppler-utils
# grep reads to the end: with -q it would leave early, and fc-list would fail for want of a reader
has_font() { command -v fc-list >/dev/null 2>&1 && fc-list : family | grep -i "$1" >/dev/null; }
has_font Carlito    || need fonts-crosextra-carlito
has_font Liberation || need fonts-liberation
has_font OpenSymbol || need fonts-opensymbol
has_font 'Noto Sans Arabic' || need fonts-noto-core      # names in every script, right to left included
has_font 'Noto Sans CJK SC' || need fonts-noto-cjk
if [ "${1:-}" = tests ]; then
  command -v git >/dev/null 2>&1 || need git
  command -v softhsm2-util >/dev/null 2>&1 || need softhsm2  # a smart card made of files
  command -v certutil >/dev/null 2>&1 || need libnss3-tools  # poppler signs with keys from an NSS store
  PATH="$PATH:/usr/sbin" command -v dovecot >/dev/null 2>&1 || need dovecot-imapd
  command -v chromium >/dev/null 2>&1 || need chromium       # a real browser, for forms and pages
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

echo "Installing from Debian: ${missing[*]}" >&2
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
if ! command -v apt-get >/dev/null 2>&1; then
  echo "This machine has no apt-get. Install the equivalents of: ${missing[*]}, then run the command again." >&2
  exit 1
fi
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
  # The tests start a server of their own; the package shall not start one for everybody.
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/conventions.conf >/dev/null
fi
if [[ " ${missing[*]} " == *" dovecot-imapd "* ]]; then
  # Nor shall this machine become a mail server: the service is masked, the tests start the program by hand.
  as_root mkdir -p /etc/systemd/system
  as_root ln -sfn /dev/null /etc/systemd/system/dovecot.service
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { as_root apt-get update -qq &&
       as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1
then
  cat "$log" >&2
  echo "Debian could not install them. Install ${missing[*]} by hand, then run the command again." >&2
  exit 1
fi
