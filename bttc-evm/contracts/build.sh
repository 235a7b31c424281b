#!/usr/bin/env bash
# Rebuilds artifacts/ from src/. With --check it writes nothing and fails when the committed artifacts differ.
set -euo pipefail
cd "$(dirname "$0")"

case "${1:-}" in
  "") check=no ;;
  --check) check=yes ;;
  *) echo "usage: build.sh [--check]" >&2; exit 2 ;;
esac

npm ci --ignore-scripts --no-audit --no-fund

if [ "$check" = no ]; then
  node build.mjs
  exit
fi

built="$(mktemp -d)"
trap 'rm -rf "$built"' EXIT
node build.mjs "$built"
if ! diff -r "$built" artifacts; then
  echo "artifacts/ differs from what src/ compiles to: run build.sh" >&2
  exit 1
fi
echo "artifacts/ is what src/ compiles to"
