#!/bin/sh
# Packs web.tar, a docker archive with the image web:v1, from this machine's static busybox: a web
# server on 8080 that says which pod it is. web-image.sh FILE
set -eu
file=$(readlink -f "$1")
busybox=$(command -v busybox) || { echo 'missing: busybox. Install with: apt-get install busybox-static' >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/bin" "$work/root/www"
cp "$busybox" "$work/root/bin/busybox"
for name in $("$busybox" --list); do [ "$name" = busybox ] || ln -s busybox "$work/root/bin/$name"; done
cd "$work"
tar --owner=0 --group=0 -C root -cf layer.tar .
digest=$(sha256sum layer.tar | cut -d' ' -f1)
machine=$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')
cat > config.json <<END
{"architecture":"$machine","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:$digest"]},
 "config":{"Cmd":["sh","-c","hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]}}
END
echo '[{"Config":"config.json","RepoTags":["web:v1"],"Layers":["layer.tar"]}]' > manifest.json
tar -cf "$file" manifest.json config.json layer.tar
