#!/usr/bin/env bash
# Brings libfaketime through apt: one test lets a server's clock jump by days. Without it that test says that it was not tried.
set -euo pipefail

find /usr/lib -name libfaketime.so.1 2>/dev/null | grep -q . && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "fetch-faketime: 安装 libfaketime…" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends libfaketime >/dev/null; } ||
        echo "fetch-faketime: apt 装不上 libfaketime，时钟跳变的测试不会运行。" >&2
else
    echo "fetch-faketime: 没有 libfaketime，时钟跳变的测试不会运行（sudo apt-get install -y libfaketime）。" >&2
fi
