//! The command line. Doc comments here are the Chinese help the user reads.

mod import;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use import::{EncodingChoice, Import};

use tingjian_sheets::Zone;

use crate::filters::Filters;

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
    /// Reports only.
    #[value(hide = true)]
    Html,
    /// Reports only.
    #[value(hide = true)]
    Pdf,
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
    #[command(override_usage = "tingjian import <文件> --stream <流> [选项]", help_template = TEMPLATE, after_help = import::HELP)]
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
    /// 看一张工单：谁持有了多久，问了谁，谁答复迟了
    #[command(override_usage = "tingjian cases <工单号> [选项]", help_template = TEMPLATE)]
    Cases(Trace),
    /// 各部门：负责的、不该负责的、缺事实待定的，持有时长，协查超期，改判率
    #[command(override_usage = "tingjian departments [选项]", help_template = TEMPLATE)]
    Departments(Period),
    /// 来电与投诉：四个时限的首次解决率，客户费力
    #[command(override_usage = "tingjian contacts [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian contacts --by week --since 90d\n  tingjian contacts --by menu")]
    Contacts(Contacts),
    /// 一个工号自己的记录：表扬、负荷、因规定有错而移出的
    #[command(override_usage = "tingjian agents <工号> [选项]", help_template = TEMPLATE)]
    Agents(Agents),
    /// 这一周有什么反常
    #[command(override_usage = "tingjian emerging [选项]", help_template = TEMPLATE)]
    Emerging(Emerging),
    /// 提交一条表扬
    #[command(override_usage = "tingjian commend <内容> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian commend '客户说今天的解答特别清楚'　　　　　坐席用自己的令牌，一条命令\n  tingjian commend '李师傅冒雨送到，还帮忙搬上楼' --agent-no 1024")]
    Commend(Commend),
    /// 取周报
    #[command(override_usage = "tingjian report --week <周> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian report --week 2026-W47 -o 周报.html\n  tingjian report --week 2026-W47 --format json\n  tingjian report --week 2026-W47 -o 周报.pdf\n  tingjian report --week 2026-W47 --publish -o 周报.html\n  tingjian report --week 2026-W47 --verify 周报.html（逐字节核对；不同则退出码 1）")]
    Report(Report),
    /// 导出记录（CSV、XLSX、JSONL）
    #[command(override_usage = "tingjian export [查询] -o <文件> [选项]", help_template = TEMPLATE, after_help = "例：\n  tingjian export --since 2026-05-01 -o 五月.xlsx\n  tingjian export --kind complaint -o - > 投诉.csv\n  tingjian export -o 全部.jsonl\n  tingjian export corrections -o 更正.jsonl（更正过的记录，作训练样本）")]
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
    #[command(flatten)]
    pub filters: Filters,
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

/// From when to when.
#[derive(ClapArgs, Debug, Default, Clone)]
#[command(next_help_heading = "选项")]
pub struct Period {
    /// 从何时起（含）：2026-05-01、7d、24h、4w、today、yesterday
    #[arg(long, value_name = "时间")]
    pub since: Option<String>,
    /// 到何时止（不含），写法同上
    #[arg(long, value_name = "时间")]
    pub until: Option<String>,
}

/// Options of `contacts`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Contacts {
    /// 分组：week、day、agent、channel、skill_group、cause、lane、menu [默认 week]
    #[arg(long, value_name = "分组", default_value = "week", hide_default_value = true)]
    pub by: String,
    /// 只看这个工号
    #[arg(long, value_name = "工号")]
    pub agent_no: Option<String>,
    #[command(flatten)]
    pub period: Period,
}

/// Options of `agents`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Agents {
    /// 工号
    #[arg(help_heading = "参数", value_name = "工号")]
    pub agent_no: String,
    #[command(flatten)]
    pub period: Period,
}

/// Options of `emerging`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Emerging {
    /// 哪一周，如 2026-W47 [默认：最新的一周]
    #[arg(long, value_name = "周", value_parser = week)]
    pub week: Option<String>,
}

/// Options of `commend`.
#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "选项")]
pub struct Commend {
    /// 表扬的话
    #[arg(help_heading = "参数", value_name = "内容")]
    pub text: String,
    /// 被表扬的工号，可多个 [默认：令牌所属的坐席本人]
    #[arg(long, value_name = "工号")]
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
    /// 发布：从此逐字节不变；数据不完整时拒绝
    #[arg(long)]
    pub publish: bool,
    /// 数据不完整也发布（周报开头会写明）
    #[arg(long)]
    pub partial: bool,
    /// 由数据重算，与这个文件逐字节比对
    #[arg(long, value_name = "文件", conflicts_with_all = ["publish", "partial"])]
    pub verify: Option<PathBuf>,
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
    /// 只列这种原因（代码，如 missing）
    #[arg(long, value_name = "原因")]
    pub reason: Option<String>,
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
        /// 更正后的事件（一个 JSON 对象）；只能配一个编号
        #[arg(long = "with", value_name = "文件")]
        with: Option<PathBuf>,
    },
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
