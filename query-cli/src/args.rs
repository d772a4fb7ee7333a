//! The command line. Doc comments here are the Chinese help the user reads.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use tingjian_schemas::Stream;

use crate::{filters::Filters, when::Zone};

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

const TOKENS: &str = "\
令牌依次取自：--token、--token-file、环境变量 TINGJIAN_TOKEN、TINGJIAN_TOKEN_FILE；
都没有而服务器就在本机（127.0.0.1、localhost）时，读 $TINGJIAN_DATA_DIR/admin.token 或 ./data/admin.token。

退出码：0 完成；1 没有找到，或有行被拒绝；2 用法有误；3 服务器连不上或拒绝。

例：
  tingjian import 投诉.xlsx --stream complaints
  tingjian search '承诺 AND 没到' --since 7d
  tingjian causes --by department --since 2026-05-01 --until 2026-06-01 --format xlsx -o 归因.xlsx";

/// 听见：把投诉、表扬和通话小结说的事，找出来、数清楚、追到根因
#[derive(Parser, Debug)]
#[command(
    name = "tingjian",
    version,
    help_template = TEMPLATE,
    after_help = TOKENS,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令",
    override_usage = "tingjian <命令> [选项]"
)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options every command takes.
#[derive(ClapArgs, Debug, Clone)]
#[command(next_help_heading = "通用选项")]
pub struct Global {
    /// 服务器地址（环境变量 TINGJIAN_URL）[默认 http://127.0.0.1:8700]
    #[arg(
        long,
        global = true,
        env = "TINGJIAN_URL",
        default_value = "http://127.0.0.1:8700",
        hide_env = true,
        hide_default_value = true,
        value_name = "网址"
    )]
    pub url: String,
    /// 令牌（环境变量 TINGJIAN_TOKEN；命令行上的令牌别的用户可能看见，脚本里请用 --token-file）
    #[arg(long, global = true, value_name = "令牌")]
    pub token: Option<String>,
    /// 从文件读令牌（环境变量 TINGJIAN_TOKEN_FILE）
    #[arg(long, global = true, value_name = "文件")]
    pub token_file: Option<PathBuf>,
    /// 输出格式：table、json（服务器的原样回答）、csv、xlsx [默认看 -o 的扩展名，否则 table]
    #[arg(long, global = true, value_enum, hide_possible_values = true, value_name = "格式")]
    pub format: Option<Format>,
    /// 写到文件，而不是屏幕
    #[arg(short, long, global = true, value_name = "文件")]
    pub output: Option<PathBuf>,
    /// CSV 是否带 BOM（Excel 靠它认出 UTF-8）：auto（写文件时带）、always、never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "何时"
    )]
    pub bom: Bom,
    /// 时区，用于显示时间和读没有时区的时间 [默认 Asia/Shanghai]
    #[arg(
        long,
        global = true,
        env = "TINGJIAN_ZONE",
        default_value = "Asia/Shanghai",
        hide_env = true,
        hide_default_value = true,
        value_name = "时区"
    )]
    pub zone: Zone,
    /// 显示帮助
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Table,
    Json,
    Csv,
    Xlsx,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bom {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// 导入 JSONL、CSV、XLSX 文件
    #[command(override_usage = "tingjian import <文件> --stream <流> [选项]", help_template = TEMPLATE, after_help = IMPORT_HELP)]
    Import(Box<Import>),
    /// 搜索原话
    #[command(override_usage = "tingjian search [查询] [选项]", help_template = TEMPLATE, after_help = SEARCH_HELP)]
    Search(Search),
    /// 按根因、部门、周、线路或工号计数
    #[command(override_usage = "tingjian causes [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian causes --by cause --since 30d\n  tingjian causes --by week --cause promise.eta_overpromise")]
    Causes(Causes),
    /// 看一条记录的来龙去脉：承诺、交付、分解、责任、证据
    #[command(override_usage = "tingjian trace <编号> [选项]", help_template = TEMPLATE)]
    Trace(Trace),
    /// 承诺台账：兑现与未兑现
    #[command(override_usage = "tingjian promises [选项]", help_template = TEMPLATE)]
    Promises(Promises),
    /// 假如换一个承诺：多少能兑现，多少投诉本不会有
    #[command(override_usage = "tingjian what-if --lane <线路> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian what-if --lane '上海/北京/顺达/标准' --kept 0.95")]
    WhatIf(WhatIf),
    /// 提交一条表扬
    #[command(override_usage = "tingjian commend <内容> --agent-no <工号> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian commend '李师傅冒雨送到，还帮忙搬上楼' --agent-no 1024")]
    Commend(Commend),
    /// 取周报
    #[command(override_usage = "tingjian report --week <周> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian report --week 2026-W47 -o 周报.html\n  tingjian report --week 2026-W47 --format json")]
    Report(Report),
    /// 导出记录（CSV、XLSX、JSONL）
    #[command(override_usage = "tingjian export [查询] -o <文件> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian export --since 2026-05-01 -o 五月.xlsx\n  tingjian export --kind complaint -o - > 投诉.csv\n  tingjian export -o 全部.jsonl")]
    Export(Export),
    /// 死信：读不懂的记录，为什么，再试一次
    #[command(override_usage = "tingjian dead-letters [命令] [选项]", help_template = TEMPLATE, subcommand_help_heading = "命令", subcommand_value_name = "命令", disable_help_subcommand = true, after_help = "例：\n  tingjian dead-letters\n  tingjian dead-letters show 12\n  tingjian dead-letters replay 12 13")]
    DeadLetters(DeadLetters),
    /// 服务器是否就绪，积压与大小
    #[command(override_usage = "tingjian status [选项]", help_template = TEMPLATE, after_help = "就绪时退出码 0；启动中、降级、连不上都是 3。")]
    Status,
    /// 生成命令行补全脚本
    #[command(override_usage = "tingjian completions <SHELL>", help_template = TEMPLATE, after_help = "例：\n  tingjian completions bash > ~/.local/share/bash-completion/completions/tingjian\n  tingjian completions zsh > \"${fpath[1]}/_tingjian\"")]
    Completions {
        /// bash、zsh、fish、elvish、powershell
        #[arg(help_heading = "参数", value_enum, hide_possible_values = true, value_name = "SHELL")]
        shell: Shell,
    },
}

const IMPORT_HELP: &str = "\
流：complaints 投诉、commendations 表扬、call-notes 通话小结、promises 承诺、deliveries 交付、case-events 工单节点、
    department-requests 部门协查、department-replies 部门答复、judgements 判责、appeals 申诉、corrections 更正

列的对应：不给 --mapping 时按列名猜（编号→event_id，时间→occurred_at，内容→text，手机号→customer.phone……），发送前先显示；
  没有对应的列不发送。--dry-run 只看对应和前三行，不发送，并把对应写成可以改的 TOML。映射文件的样子：
    [fields]
    event_id = \"编号\"
    occurred_at = { column = \"时间\", format = \"%Y-%m-%d %H:%M\", zone = \"Asia/Shanghai\" }
    text = \"内容\"
    \"customer.phone\" = \"手机号\"
    [constants]
    channel = \"电话\"
  format 另可为 \"unix\"（秒）、\"unix_ms\"（毫秒）；[options] keep_unmapped = true 把没有对应的列作为未知字段一起发送。
编号：没有编号列时，由“文件内容的指纹 + 行号”得出，所以同一文件再导入不会重复计数；改动过的文件算新文件。
时间：没有时间列时必须给 --occurred-at 或常量 occurred_at，绝不默认为“现在”；只有日期的按当天 0 点。
续传：进度记在 文件名.tingjian-progress，中断后再运行同一命令从断处继续，完成后删除；重发的行不会重复计数。
被拒的行：连同原因写入同类型的文件（默认 文件名.rejected.扩展名）。

例：
  tingjian import 投诉.csv --stream complaints --dry-run > 对应.toml
  tingjian import 投诉.csv --stream complaints --mapping 对应.toml
  tingjian import 点评.jsonl.gz --stream complaints --occurred-at 2026-05-01";

/// Options of `import`.
#[derive(ClapArgs, Debug, Clone)]
#[command(next_help_heading = "选项")]
pub struct Import {
    /// JSONL（可 .gz）、CSV/TSV（可 .gz）、XLSX、XLS、ODS 文件；类型看内容，不看扩展名
    #[arg(help_heading = "参数", value_name = "文件")]
    pub file: PathBuf,
    /// 导入到哪个流（见下）
    #[arg(long, value_name = "流", value_parser = stream)]
    pub stream: Stream,
    /// 列的对应（TOML，见下）
    #[arg(long, value_name = "文件")]
    pub mapping: Option<PathBuf>,
    /// 补充或改正一个对应，可多次：--map text=情况描述
    #[arg(long = "map", value_name = "字段=列名")]
    pub maps: Vec<String>,
    /// 补充一个常量，可多次：--set channel=电话
    #[arg(long = "set", value_name = "字段=值")]
    pub sets: Vec<String>,
    /// 没有时间列时，所有行的发生时间
    #[arg(long, value_name = "时间")]
    pub occurred_at: Option<String>,
    /// 没有对应的列也作为未知字段发送（注意：其中的姓名不会被遮盖）
    #[arg(long)]
    pub keep_unmapped: bool,
    /// XLSX 的工作表 [默认第一个]
    #[arg(long, value_name = "名称")]
    pub sheet: Option<String>,
    /// 表头在第几行 [默认：CSV 第 1 行；XLSX 自动找]
    #[arg(long, value_name = "行号", value_parser = clap::value_parser!(u32).range(1..))]
    pub header_row: Option<u32>,
    /// 文件编码：auto、utf-8、gb18030（含 GBK、GB2312）[默认 auto]
    #[arg(
        long,
        value_enum,
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "编码"
    )]
    pub encoding: EncodingChoice,
    /// 每批行数 [默认 2000]
    #[arg(long, value_name = "行数", default_value_t = 2000, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub batch_rows: u32,
    /// 同时在途的批数；同一编号在文件里多次出现、要严格以后者为准时用 1 [默认 4]
    #[arg(long, value_name = "批数", default_value_t = 4, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub parallel: u32,
    /// 被拒的行写到哪里
    #[arg(long, value_name = "文件")]
    pub errors: Option<PathBuf>,
    /// 服务器连不上或忙时，一批最多重试多久，秒 [默认 120]
    #[arg(long, value_name = "秒", default_value_t = 120, hide_default_value = true)]
    pub retry_seconds: u64,
    /// 不续传，从头开始
    #[arg(long)]
    pub restart: bool,
    /// 第一批全部被拒时也继续
    #[arg(long)]
    pub keep_going: bool,
    /// 只显示列的对应和前三行，不发送
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingChoice {
    Auto,
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(alias = "gbk", alias = "gb2312")]
    Gb18030,
}

const SEARCH_HELP: &str = "\
查询：词之间默认都要有；\"短语\"；AND OR NOT ( )；留空为全部。任何两个以上连续汉字都能找到。

例：
  tingjian search 预售
  tingjian search '(没到 OR 超时) NOT 外卖' --since 2026-05-01 --until 2026-06-01
  tingjian search 态度 --kind complaint --department 配送 --all --format csv -o 态度.csv";

/// Options of `search`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Search {
    /// 查询（见下）
    #[arg(
        help_heading = "参数",
        value_name = "查询",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = false
    )]
    pub query: String,
    #[command(flatten)]
    pub filters: Filters,
    /// 每页多少条 [默认 20]
    #[arg(long, value_name = "条数", default_value_t = 20, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// 次序：newest 新的在前、oldest 旧的在前、relevance 最相关的在前 [默认 newest]
    #[arg(
        long,
        value_enum,
        default_value = "newest",
        hide_possible_values = true,
        hide_default_value = true,
        value_name = "次序"
    )]
    pub sort: Sort,
    /// 从上一页给出的位置继续
    #[arg(long, value_name = "位置", conflicts_with = "all")]
    pub cursor: Option<String>,
    /// 取全部，而不只一页（json 时每行一条）
    #[arg(long)]
    pub all: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Newest,
    Oldest,
    Relevance,
}

/// Options of `causes`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Causes {
    /// 按什么分组：cause 根因、department 部门、week 周、lane 线路、agent 工号
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "分组",
        default_value = "cause",
        hide_default_value = true
    )]
    pub by: CauseBy,
    /// 只数含这些词的（同 search 的查询）
    #[arg(long, value_name = "查询")]
    pub q: Option<String>,
    #[command(flatten)]
    pub filters: Filters,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
pub enum CauseBy {
    Cause,
    Department,
    Week,
    Lane,
    Agent,
}

/// Options of `trace`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Trace {
    /// 记录编号
    #[arg(help_heading = "参数", value_name = "编号")]
    pub id: String,
}

/// Options of `promises`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Promises {
    /// 按什么分组：made_by_kind 谁承诺、owner_department 归口部门、lane 线路
    #[arg(
        long,
        value_enum,
        hide_possible_values = true,
        value_name = "分组",
        default_value = "made_by_kind",
        hide_default_value = true
    )]
    pub by: PromiseBy,
    #[command(flatten)]
    pub filters: Filters,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
#[value(rename_all = "snake_case")]
pub enum PromiseBy {
    MadeByKind,
    OwnerDepartment,
    Lane,
}

/// Options of `what-if`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct WhatIf {
    /// 线路
    #[arg(long, value_name = "线路")]
    pub lane: String,
    /// 希望兑现的比例，0 到 1 [默认 0.95]
    #[arg(long, value_name = "比例", default_value_t = 0.95, hide_default_value = true, value_parser = share)]
    pub kept: f64,
}

/// Options of `commend`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Commend {
    /// 表扬的话
    #[arg(help_heading = "参数", value_name = "内容")]
    pub text: String,
    /// 被表扬的工号，可多个
    #[arg(long, value_name = "工号", required_unless_present = "department")]
    pub agent_no: Vec<String>,
    /// 被表扬的部门，可多个
    #[arg(long, value_name = "部门")]
    pub department: Vec<String>,
    /// 提交人
    #[arg(long, value_name = "姓名或工号")]
    pub filed_by: Option<String>,
    /// 录音编号
    #[arg(long, value_name = "编号")]
    pub recording_ref: Option<String>,
    /// 通话编号
    #[arg(long, value_name = "编号")]
    pub call_id: Option<String>,
    /// 发生时间 [默认：就是提交的此刻]
    #[arg(long, value_name = "时间")]
    pub occurred_at: Option<String>,
}

/// Options of `report`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Report {
    /// 哪一周，如 2026-W47（ISO 周，周一起）
    #[arg(long, value_name = "周", value_parser = week)]
    pub week: String,
}

/// Options of `export`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Export {
    /// 查询（同 search）
    #[arg(help_heading = "参数", value_name = "查询", default_value = "", hide_default_value = true)]
    pub query: String,
    #[command(flatten)]
    pub filters: Filters,
}

/// Options of `dead-letters`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct DeadLetters {
    #[command(subcommand)]
    pub action: Option<DeadLetterAction>,
    /// 每页多少条 [默认 50]
    #[arg(long, global = true, value_name = "条数", default_value_t = 50, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// 从上一页给出的位置继续
    #[arg(long, global = true, value_name = "位置")]
    pub cursor: Option<String>,
}

#[derive(Subcommand, Debug)]
pub enum DeadLetterAction {
    /// 列出（默认）
    #[command(override_usage = "tingjian dead-letters list [选项]", help_template = TEMPLATE)]
    List,
    /// 看一条，连同原文
    #[command(override_usage = "tingjian dead-letters show <编号> [选项]", help_template = TEMPLATE)]
    Show {
        /// 死信编号
        #[arg(help_heading = "参数", value_name = "编号")]
        id: String,
    },
    /// 再试一次
    #[command(override_usage = "tingjian dead-letters replay <编号>... [选项]", help_template = TEMPLATE)]
    Replay {
        /// 死信编号，可多个
        #[arg(help_heading = "参数", value_name = "编号", required = true)]
        ids: Vec<String>,
    },
}

fn stream(name: &str) -> Result<Stream, String> {
    name.parse().map_err(|_| {
        let known = Stream::ALL.map(Stream::name);
        let nearest = crate::labels::nearest(name, known.iter().copied());
        let hint = nearest.map(|n| format!("，是不是 {n}？")).unwrap_or_default();
        format!("没有“{name}”这个流{hint}可用的：{}", known.join("、"))
    })
}

fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|v| *v > 0.0 && *v < 1.0).ok_or_else(|| "要在 0 与 1 之间，如 0.95".to_owned())
}

fn week(text: &str) -> Result<String, String> {
    let (year, week) = text.split_once("-W").unwrap_or_default();
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let known = digits(year, 4) && digits(week, 2) && (1..=53).contains(&week.parse::<u8>().unwrap_or(0));
    if known { Ok(text.to_owned()) } else { Err("要写成 2026-W47 的样子（年-W周）".to_owned()) }
}
