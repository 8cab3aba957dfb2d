#!/bin/sh
# Makes artifacts/release of the last commit: a static binary for each architecture, a CycloneDX bill of materials,
# the licenses and notices of others whose work is in it, and SHA-256 sums.
# The same commit gives the same bytes, whoever makes it and wherever, as long as the SDK, clang, lld and Debian's packages are the same.
set -eu
cd "$(dirname "$0")/.."
umask 022
export LC_ALL=C
unset MAKEFLAGS CFLAGS LDFLAGS

changes=$(git status --porcelain --untracked-files=no)
if [ -n "$changes" ]; then
    echo 'release: a release is made of a commit. These changes are in none:' >&2
    echo "$changes" >&2
    exit 1
fi

commit=$(git rev-parse HEAD)
time=$(git log -1 --format=%cI)
version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)

# Built from the commit alone: nothing that lies around here gets into it.
work=$PWD/artifacts/release-work
rm -rf "$work"
mkdir -p "$work/source" "$work/release"
git archive "$commit" | tar -x -C "$work/source"
cd "$work/source"

# build RID ARCHITECTURE CPU: as .NET, as Debian and as compilers call it
build() {
    sysroot=$work/sysroot-$1
    scripts/sysroot.sh "$2" "$sysroot"

    # .NET compiles its part of OpenSSL with CMake, and hands nothing down to it.
    packages=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
    TARGET_CPU=$3 TARGET_SYSROOT=$sysroot CMAKE_TOOLCHAIN_FILE=$PWD/scripts/sysroot.cmake CMAKE_BUILD_TYPE=Release \
        CFLAGS="-fstack-protector-strong -Wno-unused-value -ffile-prefix-map=$packages=/" \
        dotnet publish src/LeGo.Lite -c Release -r "$1" -o "$work/$1" --nologo \
        -p:Static=true -p:Shipped=true -p:SysRoot="$sysroot" -p:SourceRevisionId="$commit" -p:RestoreLockedMode=true
    install -m 755 "$work/$1/lego-lite" "$work/release/lego-lite-$version-$1"
}

# section HEADING: puts it above what is read
section() {
    echo "======== $1"
    echo
    cat
    echo
}

build linux-x64 amd64 x86_64
build linux-arm64 arm64 aarch64

# After what was compiled and linked, not after what was asked for.
npm ci --prefix packaging/sbom --no-audit --no-fund
node packaging/sbom/sbom.js "$work" "$version" "$commit" "$time" "$work/lego-lite-$version.cdx.json"
node packaging/sbom/validate.js "$work/lego-lite-$version.cdx.json"
mv "$work/lego-lite-$version.cdx.json" "$work/release"

# Of the packages that the native compiler read, and of those of Debian that the binary is linked with; they are the same for
# both architectures. A package without a file names its license in its .nuspec. Debian's refer to the texts at the end.
read=$(grep -o "${packages%/}/[^/]*/[^/]*" src/LeGo.Lite/obj/Release/static/net10.0/linux-x64/native/lego-lite.ilc.rsp)
{
    echo "$read" | sort -u | while read -r package; do
        name=$(echo "${package#"${packages%/}"/}" | tr / ' ')
        sed -n "s|.*<license type=\"expression\">\(.*\)</license>.*|License: \1|p; s|.*<copyright>\(.*\)</copyright>.*|\1|p" "$package"/*.nuspec | section "$name"
        for file in "$package"/LICENSE.* "$package"/THIRD-PARTY-NOTICES.*; do
            ! [ -e "$file" ] || section "$name, ${file##*/}" <"$file"
        done
    done
    for package in libssl-dev libc6-dev; do
        section "Debian's $package" <"$work/sysroot-linux-x64/usr/share/doc/$package/copyright"
    done
    for license in Apache-2.0 LGPL-2.1; do
        section "$license" <"/usr/share/common-licenses/$license"
    done
} >"$work/notices"
tr -d '\r' <"$work/notices" >"$work/release/THIRD-PARTY-NOTICES.TXT"

cd "$work/release"
sums=$(sha256sum -- *)
echo "$sums" >SHA256SUMS
rm -rf ../../release
mv "$work/release" ../../release
rm -rf "$work"
