#!/bin/sh
# Says nothing when everything is here that LeGo.Lite needs to be built and tested. Otherwise
# installs what is missing (as root, where there is apt-get), or says what to install.
# usage: setup.sh [build|test|sample|bench]    default: what the build and the tests need
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-test}

has() { command -v "$1" >/dev/null 2>&1; }

# The SDK that global.json asks for; this fails also when there is an SDK, but another one.
has_sdk() { has dotnet && dotnet --version >/dev/null 2>&1; }

# Native AOT links with clang, else gcc, against the C library, and strips with objcopy.
# The other libraries (zlib, brotli) come with the SDK's packages.
can_link() {
    if has clang; then cc=clang; else cc=gcc; fi
    has $cc && has objcopy || return 1
    program=$(mktemp)
    linked=yes
    echo 'int main(void) { return 0; }' | $cc -x c - -pthread -ldl -lrt -lm -o "$program" 2>/dev/null || linked=no
    rm -f "$program"
    [ $linked = yes ]
}

# The Debian packages of what is missing for the purpose, with a space before each.
missing() {
    has openssl || printf ' openssl' # brings libssl too, which .NET and lego-lite load at run time
    [ "$purpose" != sample ] || return 0
    has make || printf ' make'
    can_link || printf ' gcc libc6-dev'
    [ "$purpose" != build ] || return 0
    if [ "$purpose" = bench ]; then
        has git || printf ' git'
        has taskset || printf ' util-linux'
        has wrk || printf ' wrk'
        has nginx || [ -x /usr/sbin/nginx ] || printf ' nginx' # where only root looks for programs
        return 0
    fi
    has curl || printf ' curl'
    has git || printf ' git'
    has setpriv || printf ' util-linux'
}

packages=$(missing)
sdk=
[ "$purpose" = sample ] || has_sdk || sdk=' dotnet-sdk-10.0'
[ -n "$packages$sdk" ] || exit 0

if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "setup: installing$packages$sdk" >&2
    export DEBIAN_FRONTEND=noninteractive
    # What goes wrong here shows below, as something that is still missing. The SDK comes last and
    # by itself: not every distribution has it.
    apt-get -qq update >&2 || true
    # shellcheck disable=SC2086 # one word a package
    [ -z "$packages" ] || apt-get -qq install -y --no-install-recommends $packages >&2 || true
    # The bench starts an nginx of its own: none is to stay on port 80 because it was installed for that.
    case $packages in *nginx*) ! has systemctl || systemctl --quiet disable --now nginx >&2 || true ;; esac
    # shellcheck disable=SC2086
    [ -z "$sdk" ] || apt-get -qq install -y $sdk >&2 || true
    packages=$(missing)
    ! has_sdk || sdk=
    [ -n "$packages$sdk" ] || exit 0
fi

echo 'setup: something that LeGo.Lite needs is missing. On Debian or Ubuntu:' >&2
echo "sudo apt-get install -y$packages$sdk" >&2
if [ -n "$sdk" ]; then
    echo "${sdk# } is the .NET 10 SDK; global.json names the oldest version that will do." >&2
    echo 'If there is no such package: https://dotnet.microsoft.com/download/dotnet/10.0' >&2
    ! has dotnet || dotnet --version >&2 || true
fi
exit 1
