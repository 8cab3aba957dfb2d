#!/bin/sh
# Remakes every PEM file of this sample: new keys, new CAs, new certificates, fixed dates.
# The YAML files are written by hand and stay as they are. Needs openssl, nothing else.
#
# Everything is made and verified in a temporary directory first: when a step fails,
# the sample stays as it was. The CAs' private keys are thrown away at the end.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) # only its owner may look inside
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
mkdir new

fail() {
    echo "make.sh: $*" >&2
    exit 1
}

# Runs openssl and shows what it says only when it fails.
quietly() {
    openssl "$@" >openssl.log 2>&1 || { cat openssl.log >&2; fail "openssl $1 failed"; }
}

# --- Certificate authorities: an RSA root and an EC root, each with one intermediate -----------

cat >ca.cnf <<'CNF'
[ca]
default_ca = sample
[sample]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = empty
[empty]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
: >index.txt

# sign SUBJECT KEY FROM TO OUT, then how: -selfsign, or -cert and -keyfile; and the extensions.
# `openssl ca`, because it alone sets both dates in OpenSSL 3.0.
sign() {
    subject=$1 key=$2 from=$3 to=$4 out=$5
    shift 5
    quietly req -new -config ca.cnf -key "$key" -subj "/O=LeGo.Lite sample (throw-away)/CN=$subject" -out request.csr
    quietly ca -batch -notext -config ca.cnf -in request.csr -out "$out" \
        -startdate "${from}000000Z" -enddate "${to}000000Z" "$@"
}

# authority KIND NAME
authority() {
    sign "LeGo.Lite sample $2 root (throw-away)" "$1-root.key" 20200101 20760101 "$1-root.pem" \
        -selfsign -keyfile "$1-root.key" -extensions root
    sign "LeGo.Lite sample $2 intermediate (throw-away)" "$1-intermediate.key" 20200101 20660101 "$1-intermediate.pem" \
        -cert "$1-root.pem" -keyfile "$1-root.key" -extensions intermediate
}

# The three PEM forms of a private key: PKCS#8, PKCS#1 (RSA) and SEC1 (EC, with EC PARAMETERS in front).
pkcs8_rsa() { quietly genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1"; }
pkcs8_ec() { quietly genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
pkcs1_rsa() { quietly genrsa -traditional -out "$1" 2048; }
sec1_ec() { quietly ecparam -name prime256v1 -genkey -out "$1"; }

pkcs8_rsa rsa-root.key
pkcs8_rsa rsa-intermediate.key
pkcs8_ec ec-root.key
pkcs8_ec ec-intermediate.key
authority rsa RSA
authority ec EC

# --- Items -------------------------------------------------------------------------------------

# key FORM FILE
key() {
    mkdir -p "new/$(dirname "$2")"
    "$1" "new/$2"
    chmod 600 "new/$2"
}

# order KIND KEY NAME FROM TO CHAIN, then the certificates that follow the leaf.
order() {
    kind=$1 key=$2 name=$3 from=$4 to=$5 chain=new/certificates/$3/orders/$6
    shift 6
    mkdir -p "$(dirname "$chain")"
    cat >leaf.cnf <<CNF
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:$name
CNF
    sign "$name" "$key" "$from" "$to" leaf.pem \
        -cert "$kind-intermediate.pem" -keyfile "$kind-intermediate.key" -extfile leaf.cnf
    cat leaf.pem "$@" >"$chain"
}

keys=new/privatekeys

key pkcs8_rsa privatekeys/web.example.com/privkey.pem
order rsa $keys/web.example.com/privkey.pem web.example.com 20260101 20560101 2026-01-01/fullchain.pem rsa-intermediate.pem
order rsa $keys/web.example.com/privkey.pem web.example.com 20260301 20560301 2026-03-01/fullchain.pem rsa-intermediate.pem
order rsa $keys/web.example.com/privkey.pem web.example.com 20260501 20560501 2026-05-01/fullchain.pem rsa-intermediate.pem

key sec1_ec privatekeys/mail.example.com/privkey.pem
order ec $keys/mail.example.com/privkey.pem mail.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem ec-root.pem

key pkcs8_rsa privatekeys/old.example.com/privkey.pem
order rsa $keys/old.example.com/privkey.pem old.example.com 20200101 20200401 2020-01-01/fullchain.pem rsa-intermediate.pem

key pkcs1_rsa privatekeys/printer.example.com/privkey.pem
order rsa $keys/printer.example.com/privkey.pem printer.example.com 20260101 20560101 2026-01-01/fullchain.pem rsa-intermediate.pem

key pkcs8_ec privatekeys/rotating.example.com/privkey.pem
order ec $keys/rotating.example.com/privkey.pem rotating.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem

key pkcs8_ec privatekeys/k8s.example.com/tls.key
order ec $keys/k8s.example.com/tls.key k8s.example.com 20260101 20560101 2026-01-01/tls.crt ec-intermediate.pem

acme=certificates/acme.example.com/orders
key pkcs8_ec $acme/2026-01-01/privkey.pem
order ec new/$acme/2026-01-01/privkey.pem acme.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem
key pkcs8_ec $acme/2026-03-01/privkey.pem
order ec new/$acme/2026-03-01/privkey.pem acme.example.com 20260301 20560301 2026-03-01/fullchain.pem ec-intermediate.pem

key pkcs8_ec privatekeys/hashed.example.com/privkey.pem
order ec $keys/hashed.example.com/privkey.pem hashed.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem

key pkcs8_ec privatekeys/mounted.example.com/privkey.pem
order ec $keys/mounted.example.com/privkey.pem mounted.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem

key pkcs8_rsa privatekeys/shared-key/privkey.pem
order rsa $keys/shared-key/privkey.pem shared.example.com 20260101 20560101 2026-01-01/fullchain.pem rsa-intermediate.pem
order rsa $keys/shared-key/privkey.pem leaf-only.example.com 20260101 20560101 2026-01-01/fullchain.pem

key pkcs8_ec privatekeys/locked.example.com/privkey.pem
order ec $keys/locked.example.com/privkey.pem locked.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem

# This key lives on another machine: it is used here once and thrown away.
pkcs8_ec offline.key
order ec offline.key offline.example.com 20260101 20560101 2026-01-01/fullchain.pem ec-intermediate.pem

{
    echo "The two roots of the LeGo.Lite sample. Throw-away: never trust them for anything real."
    cat rsa-root.pem ec-root.pem
} >new/roots.pem

# --- Verify: every leaf leads to a root, every key is its leaf's ------------------------------------

cat rsa-intermediate.pem ec-intermediate.pem >intermediates.pem
verified=0
for chain in new/certificates/*/orders/*/fullchain.pem new/certificates/*/orders/*/tls.crt; do
    order=$(dirname "$chain")
    name=$(basename "$(dirname "$(dirname "$order")")")

    untrusted=$chain check=
    case $name in
        leaf-only.example.com) untrusted=intermediates.pem ;;
        old.example.com) check=-no_check_time ;;
    esac
    openssl x509 -in "$chain" -out leaf.pem
    openssl verify $check -verify_hostname "$name" -CAfile new/roots.pem -untrusted "$untrusted" leaf.pem >openssl.log 2>&1 ||
        { cat openssl.log >&2; fail "$chain: its leaf does not lead to a root"; }

    named=$(sed -n 's/^private_key: *//p' "$here/certificates/$name/certificate.yaml")
    key=
    for file in "$order/privkey.pem" "$keys/${named:-$name}/privkey.pem" "$keys/${named:-$name}/tls.key"; do
        [ -n "$key" ] || [ ! -f "$file" ] || key=$file
    done
    [ -n "$key" ] || [ "$name" != offline.example.com ] || key=offline.key
    [ -n "$key" ] || fail "$chain: no private key"
    [ "$(openssl pkey -in "$key" -pubout)" = "$(openssl x509 -in leaf.pem -noout -pubkey)" ] ||
        fail "$chain: $key is another leaf's key"
    verified=$((verified + 1))
done

# --- All is well: replace the old files -------------------------------------------------------------

find "$here" \( -name '*.pem' -o -name tls.crt -o -name tls.key \) -exec rm -f {} +
cp -R -p new/. "$here/"
echo "data.sample: remade; $verified certificates lead to a root and match their private keys"
