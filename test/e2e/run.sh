#!/usr/bin/env bash
# The end-to-end tests: real programs around the built gate. Installs what this machine lacks, starts
# nothing but what the tests start themselves. Run by `npm run test:e2e`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash test/e2e/install.sh
PATH="$PATH:/usr/sbin"

shopt -s nullglob
tap() { npx tap --disable-coverage --timeout=300 "$@"; }

if [ "$#" -gt 0 ]; then
  tap --jobs=1 "$@"
  exit
fi

# Most files wait for programs and go two at a time. What needs all of a small machine to be in time runs
# by itself.
together=()
alone=()
for file in test/e2e/*.test.ts; do
  case "$file" in
    */websocket-load.* | */keys-flood.* | */soak.*) alone+=("$file") ;;
    *) together+=("$file") ;;
  esac
done
tap --jobs=2 "${together[@]}"
# Its results stand in a file of their own beside the first one's.
if [ -n "${TAP_OUTPUT_FILE:-}" ]; then export TAP_OUTPUT_FILE="${TAP_OUTPUT_FILE%.tap}-alone.tap"; fi
tap --jobs=1 "${alone[@]}"
