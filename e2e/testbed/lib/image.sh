# shellcheck shell=bash
# Container images without a container engine.

json_string() {
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "$text"
}

json_array() {
  local separator='' item
  printf '['
  for item in "$@"; do
    printf '%s%s' "$separator" "$(json_string "$item")"
    separator=,
  done
  printf ']'
}

digest() { sha256sum "$1" | cut -d' ' -f1; }

deterministic_tar() {
  tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu "$@"
}

pack_image_usage() {
  cat <<'END'
usage: pack-image --rootfs DIR --ref REFERENCE --out FILE [options]

Packs the directory DIR as a one-layer image into the docker-archive FILE.
The same input gives the same bytes. Every file belongs to root.

  --entrypoint ARG   one word of the entrypoint; repeat for more
  --cmd ARG          one word of the default arguments; repeat for more
  --env NAME=VALUE   repeat for more
  --user USER        user or uid[:gid] that the image runs as
  --workdir DIR      working directory
  --label NAME=VALUE repeat for more
END
}

pack_image() (
  set -euo pipefail
  rootfs='' reference='' out='' user='' workdir='' entrypoint=() cmd=() env=() labels=()
  while (($# > 0)); do
    case $1 in
      --help | -h) pack_image_usage; return 0 ;;
      --*) (($# > 1)) || { echo "pack-image: $1 needs a value" >&2; return 2; } ;;
    esac
    case $1 in
      --rootfs) rootfs=$2 ;;
      --ref) reference=$2 ;;
      --out) out=$2 ;;
      --entrypoint) entrypoint+=("$2") ;;
      --cmd) cmd+=("$2") ;;
      --env) env+=("$2") ;;
      --user) user=$2 ;;
      --workdir) workdir=$2 ;;
      --label) labels+=("$2") ;;
      *) echo "pack-image: unknown argument: $1" >&2; pack_image_usage >&2; return 2 ;;
    esac
    shift 2
  done
  if [[ ! -d $rootfs || -z $reference || -z $out ]]; then
    pack_image_usage >&2
    return 2
  fi

  case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
  esac
  scratch=$(mktemp -d "$out.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  deterministic_tar --file="$scratch/layer.tar" --directory="$rootfs" .
  layer=$(digest "$scratch/layer.tar")
  mv "$scratch/layer.tar" "$scratch/$layer.tar"

  {
    printf '{"created":"1970-01-01T00:00:00Z","architecture":"%s","os":"linux","config":{' "$architecture"
    printf '"Entrypoint":%s,' "$(json_array ${entrypoint[@]+"${entrypoint[@]}"})"
    printf '"Cmd":%s,' "$(json_array ${cmd[@]+"${cmd[@]}"})"
    printf '"Env":%s,' "$(json_array ${env[@]+"${env[@]}"})"
    printf '"User":%s,"WorkingDir":%s,"Labels":{' "$(json_string "$user")" "$(json_string "$workdir")"
    separator=''
    for label in ${labels[@]+"${labels[@]}"}; do
      printf '%s%s:%s' "$separator" "$(json_string "${label%%=*}")" "$(json_string "${label#*=}")"
      separator=,
    done
    printf '}},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},' "$layer"
    printf '"history":[{"created":"1970-01-01T00:00:00Z","created_by":"pack-image"}]}'
  } >"$scratch/config.json"
  config=$(digest "$scratch/config.json")
  mv "$scratch/config.json" "$scratch/$config.json"
  printf '[{"Config":"%s.json","RepoTags":[%s],"Layers":["%s.tar"]}]' \
    "$config" "$(json_string "$reference")" "$layer" >"$scratch/manifest.json"

  deterministic_tar --file="$scratch/image.tar" --directory="$scratch" manifest.json "$config.json" "$layer.tar"
  chmod 0644 "$scratch/image.tar"
  mv "$scratch/image.tar" "$out"
)
