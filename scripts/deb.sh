#!/bin/sh
# Makes the Debian package of a static binary: DIRECTORY/lego-lite_VERSION_ARCHITECTURE.deb.
# The same binary and commit give the same bytes.
# usage: deb.sh BINARY amd64|arm64 DIRECTORY    beside BINARY are the notices of others whose work is in it, as in a release
set -eu
binary=$(realpath "$1")
architecture=$2
mkdir -p "$3"
target=$(realpath "$3")
cd "$(dirname "$0")/.."

# A hyphen in it, as in 1.0.0-rc.1, says "before" with .NET, and a tilde does with Debian.
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props | tr - '~')-1
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH DEB_RULES_REQUIRES_ROOT=no

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/source"
install -m 755 "$binary" "$work/source/lego-lite"
cp -R "$(dirname "$binary")/THIRD-PARTY-NOTICES.TXT" packaging/debian packaging/completions packaging/man/lego-lite.1 CHANGELOG.md "$work/source"
cp packaging/systemd/lego-lite.service packaging/systemd/lego-lite.socket "$work/source/debian"
cd "$work/source"
cat >debian/changelog <<CHANGELOG
lego-lite ($version) unstable; urgency=medium

  * What is new is in changelog.gz.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(LC_ALL=C date -Ru -d "@$SOURCE_DATE_EPOCH")
CHANGELOG

# It warns of a cross compiler that is not there; nothing is compiled.
CC=true dpkg-architecture -a"$architecture" -c debian/rules binary >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    exit 1
}
rm -f "$target"/lego-lite_*_"$architecture".deb
mv "$work/lego-lite_${version}_$architecture.deb" "$target"
