#!/bin/sh
# Says nothing when everything is here that LeGo.Lite needs to be built and tested. Otherwise
# installs what is missing (as root, where there is apt-get), or says what to install.
# usage: [STATIC=0] setup.sh [build|test|sample|bench|release|deb|image|packaging]    default: what the build and the tests need
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-test}
case $purpose in packaging | release) STATIC=1 ;; esac # a release is always static
PATH=$PATH:/usr/sbin # where only root looks for programs

has() { command -v "$1" >/dev/null 2>&1; }

# The SDK that global.json asks for; this fails also when there is an SDK, but another one.
has_sdk() { has dotnet && dotnet --version >/dev/null 2>&1; }

# Native AOT links with clang, else gcc, against the C library, and strips with objcopy.
# The other libraries (zlib, brotli) come with the SDK's packages.
can_link() {
    if has clang; then cc=clang; else cc=gcc; fi
    has $cc && has objcopy && links $cc -pthread -ldl -lrt -lm
}

# Where OpenSSL and the C library are to be in the binary, what .NET calls of OpenSSL is compiled here, and only lld links it.
can_link_all() {
    has clang && has cmake && has make && has objcopy && links clang -fuse-ld=lld -static-pie -lssl -lcrypto
}

# links COMPILER FLAG...
links() {
    compiler=$1
    shift
    program=$(mktemp)
    linked=yes
    echo 'int main(void) { return 0; }' | "$compiler" -x c - -o "$program" "$@" 2>/dev/null || linked=no
    rm -f "$program"
    [ $linked = yes ]
}

# needs PURPOSE...: whether this is for one of them. Before || it makes exceptions.
needs() { case " $* " in *" $purpose "*) ;; *) return 1 ;; esac }

# The Debian packages of what is missing for the purpose, with a space before each.
missing() {
    has openssl || printf ' openssl' # brings libssl too, which .NET loads, and a lego-lite made with STATIC=0
    needs sample || has make || printf ' make'
    needs sample || [ "${STATIC:-1}" != 0 ] || can_link || printf ' gcc libc6-dev'
    needs sample || [ "${STATIC:-1}" = 0 ] || can_link_all || printf ' clang lld cmake libc6-dev libssl-dev'
    needs sample build || has git || printf ' git'
    needs test packaging && { has curl || printf ' curl'; }
    needs test packaging && { has setpriv || printf ' util-linux'; }
    needs release packaging && { has llvm-ar || printf ' llvm'; } # for any architecture, as clang and lld are
    needs release packaging && { { has node && has npm; } || printf ' nodejs npm'; } # the bill of materials, and Kubernetes' schemas
    needs deb packaging && { has dh || printf ' debhelper'; }
    needs image packaging && { has buildah || printf ' buildah'; }
    needs bench && { has taskset || printf ' util-linux'; }
    needs bench && { has wrk || printf ' wrk'; }
    needs bench && { has nginx || printf ' nginx'; }
    needs packaging && { has qemu-aarch64 || printf ' qemu-user'; }
    needs packaging && { has debootstrap || printf ' debootstrap'; }
    needs packaging && { has lintian || printf ' lintian'; }
    needs packaging && { has man || printf ' man-db'; }
    needs packaging && { has mandoc || printf ' mandoc'; }
    needs packaging && { has zsh || printf ' zsh'; }
    needs packaging && { has fish || printf ' fish'; }
    # For what it says of units, and to be passed sockets by; it does not have to run.
    needs packaging && { { has systemd-analyze && has systemd-socket-activate; } || printf ' systemd'; }
    needs packaging && { has ip || printf ' iproute2'; }
    needs packaging && { has haproxy || printf ' haproxy'; }
    needs packaging && { has podman || printf ' podman crun'; }
    needs packaging && { has kubectl || printf ' kubernetes-client'; }
    return 0
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
    # What is measured or tested is started for it: none is to stay because it was installed for that.
    for server in nginx haproxy; do
        case $packages in *$server*) ! has systemctl || systemctl --quiet disable --now $server >&2 || true ;; esac
    done
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
