#!/usr/bin/env bash
# Loads eight simulated weeks into a server of its own and leaves it running. `--stop` stops it.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=$PWD/target/release
home=${TINGJIAN_DEMO_DIR:-$PWD/data/demo}
listen=${TINGJIAN_DEMO_LISTEN:-127.0.0.1:8700}
events=${TINGJIAN_DEMO_EVENTS:-60000}
address=http://$listen
pid_file=$home/server.pid
streams=(complaints commendations call-notes promises deliveries case-events department-requests department-replies judgements appeals corrections)

running() { [ -f "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }

stop() {
  running || return 0
  local pid
  pid=$(cat "$pid_file")
  kill "$pid"
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  rm -f "$pid_file"
}

if [ "${1:-}" = --stop ]; then
  stop
  echo "演示服务器已停止；数据留在 $home" >&2
  exit 0
fi

mkdir -p "$home"
stop
if curl -fsS -o /dev/null "$address/health" 2>/dev/null; then
  echo "端口 $listen 已有服务在运行：请先停止它，或设置 TINGJIAN_DEMO_LISTEN 换一个地址" >&2
  exit 1
fi

echo "[1/3] 启动服务 …" >&2
nohup "$programs/tingjian-server" serve --data-dir "$home/server" --listen "$listen" >"$home/server.log" 2>&1 </dev/null &
echo $! >"$pid_file"
for _ in $(seq 600); do
  curl -fsS -o /dev/null "$address/health" 2>/dev/null && break
  running || { echo "服务没有启动成功，日志：" >&2; cat "$home/server.log" >&2; exit 1; }
  sleep 0.1
done
curl -fsS -o /dev/null "$address/health" || { echo "服务在 60 秒内没有就绪，日志：" >&2; cat "$home/server.log" >&2; exit 1; }

export TINGJIAN_URL=$address TINGJIAN_TOKEN_FILE=$home/server/admin.token
loaded=$home/loaded-$events
if [ ! -f "$loaded" ]; then
  echo "[2/3] 生成 8 周模拟数据（全部为合成内容） …" >&2
  "$programs/tingjian-simulate" --weeks 8 --events "$events" --seed 7 --out "$home/sample" >&2
  echo "[3/3] 导入 …" >&2
  for stream in "${streams[@]}"; do
    # The last one waits until everything sent before it can be searched and counted too.
    wait=(); [ "$stream" != "${streams[-1]}" ] || wait=(--wait)
    "$programs/tingjian" import "$home/sample/$stream.jsonl" --stream "$stream" "${wait[@]}" >&2
  done
  touch "$loaded"
else
  echo "[2/3] 样例数据已在库中" >&2
  echo "[3/3] 跳过导入" >&2
fi

accounts() { "$programs/tingjian-server" accounts "$@" --data-dir "$home/server"; }
# One account per role, made at the first run; a link works once, for an hour.
known=$(accounts list | cut -f1)
person() { grep -qxF "$1" <<<"$known" || accounts add "$@" >/dev/null 2>&1; }
person 坐席 --role agent --agent-no 80101 --department 客服运营
person 主管 --role supervisor
person 物流部 --role supervisor --department 物流
person 分析 --role analyst
person 管理层 --role executive
link() { accounts link "$1" | sed -E "s#^https?://[^/]+#$address#"; }
cat <<TEXT

听见已在运行：$address
登录链接（各用一次，一小时内有效；要新的，再运行 make demo）：
  管理员    $(link admin)
  质检分析  $(link 分析)
  管理层    $(link 管理层)
  主管      $(link 主管)
  物流部门  $(link 物流部)
  坐席      $(link 坐席)

试一试：
  export TINGJIAN_URL=$address TINGJIAN_TOKEN_FILE=$home/server/admin.token
  $programs/tingjian causes --by department
  $programs/tingjian search '承诺 AND 没到'
  $programs/tingjian import 你的文件.csv --stream complaints

停止：make demo-stop
TEXT
