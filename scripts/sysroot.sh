#!/bin/sh
# Unpacks what a static binary is linked with: the C library, OpenSSL and what the compiler adds, of any architecture.
# It takes the newest of Debian's packages, not those that are installed here, and changes nothing of this machine.
# usage: sysroot.sh ARCHITECTURE DIRECTORY    such as arm64; the directory is made anew
# DIRECTORY/linked says which it was, a line each: source package, version, distribution.
set -eu
architecture=$1
root=$2

# shellcheck disable=SC1091 # it is the system's
distribution=$(. /etc/os-release 2>/dev/null && echo "$ID-${VERSION_ID:-testing}") || distribution=unknown
case $distribution in
    debian-*) ;;
    *)
        echo "sysroot: a release is linked with Debian's packages, and this is $distribution. Make it on Debian, in a container for example." >&2
        exit 1
        ;;
esac

rm -rf "$root"
mkdir -p "$root/apt/state/lists/partial" "$root/apt/cache/archives/partial"
root=$(cd "$root" && pwd)

# apt with the sources and keys of this machine, but with an architecture, lists and downloads of its own.
export APT_CONFIG="$root/apt/conf"
cat >"$APT_CONFIG" <<END
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
Dir::State "$root/apt/state";
Dir::State::status "/dev/null";
Dir::Cache "$root/apt/cache";
END

# All of them, or what is linked could be an older OpenSSL than that of a source which is out of reach.
if ! apt-get -qq update --error-on=any >"$root/apt/log" 2>&1; then
    cat "$root/apt/log" >&2
    echo "sysroot: not all of apt's sources can be read. Try again, or remove the one that is named above." >&2
    exit 1
fi
libgcc=$(apt-cache pkgnames libgcc- | grep -E '^libgcc-[0-9]+-dev$' | sort -V | tail -n 1)
if ! (cd "$root/apt" && apt-get -qq download "${libgcc:-libgcc-dev}" libc6-dev libssl-dev linux-libc-dev >>log 2>&1); then
    cat "$root/apt/log" >&2
    echo "sysroot: apt's sources have no libc6-dev, libssl-dev, linux-libc-dev and libgcc-N-dev for $architecture." >&2
    exit 1
fi

for package in "$root"/apt/*.deb; do
    dpkg-deb --extract "$package" "$root"
    # What brings no library, as the headers of the kernel, is not in the binary.
    ! dpkg-deb --contents "$package" | grep '\.a$' >/dev/null ||
        dpkg-deb --show --showformat="\${source:Package} \${source:Version} $distribution\n" "$package"
done | sort >"$root/linked"
rm -rf "$root/apt"
