#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a throw-away root CA, an intermediate and a server certificate for
# demos and tests, with the openssl command (3.0 or later) alone. Never use
# them for a real domain: .ca/ holds the CA's keys, unprotected.
set -eu

usage() {
  cat <<'USAGE'
usage: make-certs.sh [OPTION...] [DIR] [NAME...]

Writes into DIR (default: out, beside this script)
  root.pem                the root CA; what a client has to trust
  intermediate.pem        the CA that signs
  server/fullchain.pem    leaf and intermediate, mode 0644
  server/privkey.pem      the leaf's key, mode 0600
  .ca/                    the keys of both CAs
for the NAMEs (default: mta-sts.example.com and localhost). The CAs that are
in DIR already are used again; the leaf is always new.

  --leaf SUBDIR        write the leaf to DIR/SUBDIR, not to DIR/server
  --intermediate NAME  sign with DIR/NAME.pem, made when it is not there
  --days N             the leaf's life from now on (default: 90)
  --expired            a leaf that was valid in January 2020
  --rsa                an RSA-2048 leaf, not ECDSA P-256
USAGE
}

fail() {
  echo "make-certs.sh: error: $1" >&2
  exit "${2:-1}"
}

# Shows what a command says only when it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$1 $2 failed"; }
}

make_key() { # FILE [rsa]
  if [ "${2:-}" = rsa ]; then
    set -- "$1" RSA rsa_keygen_bits:2048
  else
    set -- "$1" EC ec_paramgen_curve:P-256
  fi
  quietly openssl genpkey -algorithm "$2" -pkeyopt "$3" -out "$1"
}

# Dates stand for themselves in "openssl ca"; "openssl x509" can't set both
# before 3.4. Its database is empty each time: nothing is ever revoked here.
sign() { # KIND CN KEY CA OUT DATES...
  kind=$1 cn=$2 key=$3 ca=$4 out=$5
  shift 5
  : >"$work/index.txt"
  quietly openssl req -new -config "$work/cnf" -key "$key" -subj "/CN=$cn" \
    -out "$work/csr"
  quietly openssl ca -config "$work/cnf" -batch -notext \
    -cert "$ca.pem" -keyfile ".ca/$ca.key" -extensions "$kind" \
    -in "$work/csr" -out "$out" "$@"
}

leaf=server intermediate=intermediate key_type=ecdsa
days='' expired=no
while [ $# -gt 0 ]; do
  case $1 in
    --leaf | --intermediate | --days)
      [ $# -ge 2 ] || fail "$1 needs a value" 2
      case $1 in
        --leaf) leaf=$2 ;;
        --intermediate) intermediate=$2 ;;
        --days) days=$2 ;;
      esac
      shift
      ;;
    --expired) expired=yes ;;
    --rsa) key_type=rsa ;;
    -h | --help) usage; exit 0 ;;
    -*) fail "no option \"$1\"; see make-certs.sh --help" 2 ;;
    *) break ;;
  esac
  shift
done
case $days in
  *[!0-9]*) fail "--days \"$days\" is no number" 2 ;;
  ?*) [ $expired = no ] || fail "--days and --expired exclude each other" 2 ;;
esac
case $intermediate in
  '' | root | *[!A-Za-z0-9_-]*) fail "no name for a CA: \"$intermediate\"" 2 ;;
esac
case $leaf in
  '' | .* | /* | */.. | */../*)
    fail "no folder for a leaf: \"$leaf\"" 2
    ;;
esac
dir=${1:-$(dirname "$0")/out}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- mta-sts.example.com localhost
for name in "$@"; do
  case $name in
    '' | *[!A-Za-z0-9._*-]*)
      fail "no host name: \"$name\" (a U-label goes in as its A-label)" 2
      ;;
  esac
done
command -v openssl >/dev/null || fail "the openssl command is not installed"

mkdir -p "$dir/$leaf"
# Paths below are relative, so that none needs quoting in openssl's own files.
cd "$dir"
if [ -e "$leaf/privkey.pem" ] && [ ! -e .ca/root.key ]; then
  fail "$dir/$leaf holds a key that was not made here; it is left alone"
fi
umask 077
mkdir -p .ca
work=$(mktemp -d .make-certs.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

{
  cat <<CNF
[req]
distinguished_name = dn
[dn]
[ca]
default_ca = ca
database = $work/index.txt
new_certs_dir = $work
default_md = sha256
policy = any_name
rand_serial = yes
[any_name]
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @names
[names]
CNF
  i=0
  for name in "$@"; do
    i=$((i + 1))
    echo "DNS.$i = $name"
  done
} >"$work/cnf"

if [ ! -e .ca/root.key ] ||
  ! openssl x509 -in root.pem -noout -checkend 86400 >/dev/null 2>&1; then
  make_key .ca/root.key
  quietly openssl req -x509 -new -config "$work/cnf" -extensions root \
    -key .ca/root.key -subj "/CN=mta-stsd throw-away root" -days 3650 \
    -out root.pem
  chmod 0644 root.pem
fi

# Made again when it belongs to a root that is gone.
if [ ! -e ".ca/$intermediate.key" ] ||
  ! openssl verify -CAfile root.pem "$intermediate.pem" >/dev/null 2>&1; then
  make_key ".ca/$intermediate.key"
  sign intermediate "mta-stsd throw-away $intermediate" \
    ".ca/$intermediate.key" root "$work/ca.pem" -days 3650
  chmod 0644 "$work/ca.pem"
  mv -f "$work/ca.pem" "$intermediate.pem"
fi

make_key "$work/privkey.pem" $key_type
if [ $expired = yes ]; then
  set -- -startdate 20200101000000Z -enddate 20200131000000Z
else
  set -- -days "${days:-90}"
fi
sign leaf "mta-stsd throw-away leaf" "$work/privkey.pem" "$intermediate" \
  "$work/leaf.pem" "$@"
cat "$work/leaf.pem" "$intermediate.pem" >"$work/fullchain.pem"
chmod 0644 "$work/fullchain.pem"
# Each file is renamed into place whole, the key first, as ACME clients do.
mv -f "$work/privkey.pem" "$leaf/privkey.pem"
mv -f "$work/fullchain.pem" "$leaf/fullchain.pem"
