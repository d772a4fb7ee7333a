#!/usr/bin/env bash
# Checks what the build needs, and installs through apt what apt can bring.
set -euo pipefail

missing=()
command -v cc >/dev/null || missing+=(build-essential)
command -v make >/dev/null || missing+=(make)
# OpenSSL, which the Kafka client carries along, is configured by a Perl script; Debian's perl-base is not enough for it.
perl -MIPC::Cmd -MFindBin -MTime::Piece -e1 2>/dev/null || missing+=(perl)

if ! command -v cargo >/dev/null; then
  echo "缺少 Rust 工具链（cargo）：请先安装 Rust 1.95 或更新版本，见 https://rustup.rs" >&2
  exit 1
fi
found=$(rustc --version | sed -E 's/rustc ([0-9]+)\.([0-9]+).*/\1 \2/')
read -r major minor <<<"$found"
if (( major < 1 || (major == 1 && minor < 95) )); then
  echo "Rust 版本过旧（$(rustc --version)）：需要 1.95 或更新版本" >&2
  exit 1
fi
command -v npm >/dev/null || { echo "缺少 npm：嵌入式 ClickHouse 引擎通过 npm 获取，请安装 Node.js 20 或更新版本" >&2; exit 1; }

if (( ${#missing[@]} )); then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "安装 ${missing[*]} …" >&2
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "缺少 ${missing[*]}：请运行 sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
fi
