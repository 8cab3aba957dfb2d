#!/bin/sh
# Prints curl lines that download from the sample tree, ready to be pasted.
# usage: curl-lines.sh [ADDRESS]    default: the first address in lego-lite.yaml
set -eu
cd "$(dirname "$0")/.."

address=${1:-$(sed -n 's/^listen: *\[ *\([^], ]*\).*/\1/p' lego-lite.yaml)}
download=$address/legocerthub/api/v1/download

cat <<LINES
curl -H 'apiKey: web-key-0123456789abcdef' $download/privatekeys/web.example.com
curl -H 'apiKey: web-cert-0123456789abcdef' $download/certificates/web.example.com
curl -H 'apiKey: web-cert-0123456789abcdef.web-key-0123456789abcdef' $download/privatecertchains/web.example.com
curl $download/privatecerts/printer.example.com/printer-cert-0123456789abcdef.printer-key-0123456789abcdef
LINES
