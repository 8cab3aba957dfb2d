#!/bin/sh
# A real systemd as the first process of namespaces of its own, on a copy of this machine's files that is in memory and
# without what starts on this machine. It takes root.
# usage: boot.sh DIRECTORY    an empty one, for the copy; DIRECTORY/../add has what is added to it
set -eu

if [ "$1" != --here ]; then
    exec unshare --fork --kill-child --mount --pid --ipc --uts --net sh "$0" --here "$1"
fi

root=$2
mount -t tmpfs -o mode=755 tmpfs "$root"
mkdir "$root/upper" "$root/work" "$root/files" "$root/cgroups"
mount -t overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" overlay "$root/files"

# A control group of its own becomes the root of all that it sees.
mount -t cgroup2 cgroup2 "$root/cgroups"
group=$root/cgroups/lego-lite-test.$(basename "$(dirname "$root")")
mkdir -p "$group"
echo 0 >"$group/cgroup.procs"

cd "$root/files"
: >etc/fstab
rm -rf etc/systemd/system
mkdir etc/systemd/system
ln -s /lib/systemd/system/basic.target etc/systemd/system/default.target
cp -R "$root/../add/." .
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mkdir -p run/old
pivot_root . run/old
exec unshare --cgroup sh -c '
    umount -l /run/old
    mount --make-rshared /
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lego-lite /lib/systemd/systemd --system --log-target=console --show-status=false
'
