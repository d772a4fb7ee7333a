//! The options of `tingjian import`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use tingjian_schemas::Stream;

/// What stands below the options of `import --help`.
pub const HELP: &str = "\
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
    /// 等到全部入库、可以搜到再结束
    #[arg(long)]
    pub wait: bool,
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

fn stream(name: &str) -> Result<Stream, String> {
    name.parse().map_err(|_| {
        let known = Stream::ALL.map(Stream::name);
        let nearest = crate::labels::nearest(name, known.iter().copied());
        let hint = nearest.map(|n| format!("，是不是 {n}？")).unwrap_or_default();
        format!("没有“{name}”这个流{hint}可用的：{}", known.join("、"))
    })
}
