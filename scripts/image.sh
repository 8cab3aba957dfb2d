#!/bin/sh
# Builds the image of Containerfile into artifacts/image/lego-lite-VERSION-ARCH.tar, which `docker load` and `podman load` read.
# The same binary and commit give the same bytes.
# usage: image.sh VERSION ARCH BINARY    ARCH: amd64 or arm64; BINARY: within the repository
set -eu
cd "$(dirname "$0")/.."
version=$1 arch=$2 binary=$3

if readelf --program-headers --wide "$binary" | grep -q INTERP; then
    echo "image.sh: $binary needs libraries, and there are none in the image; make build without STATIC=0 makes one that needs none" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
time=$(git log -1 --format=%ct)

# A store of its own: no image of this user's is touched. Nothing is run in the image, so that any machine can build for any other.
# The image format of OCI has no place for a health check; that of docker has.
image() { buildah --root "$work/root" --runroot "$work/run" --storage-driver vfs "$@" 2>>"$work/log" || { cat "$work/log" >&2; exit 1; }; }
image build --quiet --format docker --isolation chroot --platform "linux/$arch" --timestamp "$time" --identity-label=false \
    --build-arg "BINARY=$binary" --build-arg "VERSION=$version" --tag "lego-lite:$version" . >/dev/null
image push --quiet "lego-lite:$version" "docker-archive:$work/built.tar" >/dev/null

# buildah makes up a container and a host for each build. Without them, and what only a docker of before 2016 reads, only the config has another name.
mkdir "$work/built" "$work/image"
tar -xf "$work/built.tar" -C "$work/built"
config=$(sed 's/.*"Config":"\([^"]*\)".*/\1/' "$work/built/manifest.json")
layer=$(sed 's/.*"Layers":\["\([^"]*\)"\].*/\1/' "$work/built/manifest.json")
sed -E 's/"container":"[0-9a-f]*",//; s/"Hostname":"[0-9a-f]*"/"Hostname":""/g' "$work/built/$config" >"$work/config"
config=$(sha256sum "$work/config" | cut -d ' ' -f 1).json
mv "$work/config" "$work/image/$config"
mv "$work/built/$layer" "$work/image/"
printf '[{"Config":"%s","RepoTags":["lego-lite:%s"],"Layers":["%s"]}]\n' "$config" "$version" "$layer" >"$work/image/manifest.json"

mkdir -p artifacts/image
archive=artifacts/image/lego-lite-$version-$arch.tar
(cd "$work/image" && tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=0644 --mtime="@$time" -cf ../image.tar -- *)
mv -f "$work/image.tar" "$archive"
echo "$archive"
