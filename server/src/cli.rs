//! The command line of `tingjian-server`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError, Role};

/// 听见 Tingjian 服务：接收、理解、检索、统计客户之声，并把问题追溯到真正的责任部门。
#[derive(Debug, Parser)]
#[command(name = "tingjian-server", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// 要做什么
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 启动服务（接收、理解、入库、检索、网页）
    Serve(ServeOptions),
    /// 从标准输入读 JSONL，逐行理解后写到标准输出；不需要服务、网络或数据目录
    Analyse(AnalyseOptions),
    /// 用自己标注的数据训练模型
    #[command(subcommand)]
    Train(TrainCommand),
    /// 用标注数据衡量理解的质量
    Evaluate(EvaluateOptions),
    /// 管理账号与令牌
    Accounts(AccountsOptions),
    /// 从事实重新计算全部归因、承诺台账、工单时长与重复来电（须先停止服务）
    RebuildAttribution(Common),
    /// 从数据仓库重建检索索引（索引目录丢失或损坏时；须先停止服务）
    RebuildIndex(Common),
    /// 打印权限表：每个接口与页面，哪个角色可以使用
    Access,
    /// 创建或检查 Kafka 主题
    #[command(subcommand)]
    Topics(TopicsAction),
    /// 打印每个 Kafka 分区已入库到哪里、还差多少
    Positions(PositionsOptions),
    /// 把某个数据流自某时起的事件重新走一遍（服务可照常运行）；已在库的仍只计一次
    Replay(ReplayOptions),
    /// 备份：表、日志、账号与密钥，服务可照常运行；检索索引可重建，不在其中
    Backup(BackupOptions),
    /// 把备份恢复到一个新的数据目录，并重建检索索引
    Restore(RestoreOptions),
    /// 写出某一周的周报（供定时任务使用；须有服务在这个数据目录上运行）
    Report(ReportOptions),
    /// 打印 OpenAPI 描述
    Openapi,
    /// 嵌入式 ClickHouse 引擎（由 serve 自动启动，一般不必手动运行）
    #[command(hide = true)]
    Engine(tingjian_engine::EngineArgs),
}

/// Options every subcommand takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// 配置文件（TOML）；每一项也可用环境变量 TINGJIAN_节_键 设置
    #[arg(long, value_name = "FILE", env = "TINGJIAN_CONFIG")]
    pub config: Option<PathBuf>,
    /// 数据目录 [默认：配置项 server.data_dir，即 ./data]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

impl Common {
    /// Configuration from file, environment and these options, the latter winning.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut config = Config::load(self.config.as_deref(), std::env::vars())?;
        if let Some(data_dir) = &self.data_dir {
            config.server.data_dir.clone_from(data_dir);
        }
        Ok(config)
    }
}

/// `serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 监听地址 [默认：127.0.0.1:8700]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// 本进程承担的角色 [默认：pipeline,indexer,web]
    #[arg(long, value_name = "ROLE,…", value_delimiter = ',')]
    pub roles: Option<Vec<Role>>,
}

/// `analyse`.
#[derive(Clone, Debug, Args)]
pub struct AnalyseOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 训练好的模型 [默认：自带模型]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// 逐条说明为什么这样理解（文字，不再输出 JSON）
    #[arg(long)]
    pub explain: bool,
}

/// What a model learns to tell.
#[derive(Clone, Debug, Subcommand)]
pub enum TrainCommand {
    /// 诉求类型、根因、表扬、辱骂：JSONL，每行 text、kind、causes（主因在前），可有 praised、abuse
    Cause {
        /// Input and output.
        #[command(flatten)]
        files: TrainFiles,
        /// 只含编号与标签的文件（编号、类型、根因、标记，制表符分隔）；原文由 --texts 给出
        #[arg(long, value_name = "LABELS.tsv", requires = "texts")]
        labels: Vec<PathBuf>,
        /// 原文：JSONL，每行 id、text
        #[arg(long, value_name = "TEXTS.jsonl", requires = "labels")]
        texts: Vec<PathBuf>,
    },
    /// 责任单位：JSONL，每行 text、unit
    Unit {
        /// Input and output.
        #[command(flatten)]
        files: TrainFiles,
    },
}

/// Where labelled rows are and where the model goes.
#[derive(Clone, Debug, Args)]
pub struct TrainFiles {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 标注数据（.gz 亦可）；可给多个：质量与阈值以第一个为准，其余只用于学习
    #[arg(long, value_name = "LABELLED.jsonl", required = true)]
    pub input: Vec<PathBuf>,
    /// 模型写到哪里
    #[arg(long, value_name = "MODEL")]
    pub output: PathBuf,
}

/// `evaluate`.
#[derive(Clone, Debug, Args)]
pub struct EvaluateOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 标注数据：JSONL，与训练数据同样的字段（.gz 亦可）
    #[arg(long, value_name = "GOLD.jsonl")]
    pub gold: PathBuf,
    /// 训练好的模型 [默认：自带模型]
    #[arg(long, value_name = "FILE", conflicts_with = "rules")]
    pub model: Option<PathBuf>,
    /// 只用规则，不用模型
    #[arg(long)]
    pub rules: bool,
    /// 另写一份网页报告
    #[arg(long, value_name = "out.html")]
    pub report: Option<PathBuf>,
}

/// `topics`.
#[derive(Clone, Debug, Subcommand)]
pub enum TopicsAction {
    /// 创建缺少的主题；已有的不改动
    Create {
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 核对分区数、副本数、保留时间等；不符时退出状态为 1
    Check {
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
}

/// `positions`.
#[derive(Clone, Debug, Args)]
pub struct PositionsOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 忘记某个主题的位置（主题被删除重建之后用；须先停止所有服务）
    #[arg(long, value_name = "TOPIC")]
    pub forget: Option<String>,
}

/// `replay`.
#[derive(Clone, Debug, Args)]
pub struct ReplayOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 数据流：complaints、commendations、call-notes……
    #[arg(long, value_name = "STREAM")]
    pub stream: String,
    /// 从何时起（RFC 3339，如 2026-11-22T00:00:00+08:00）
    #[arg(long, value_name = "TIME")]
    pub from: jiff::Timestamp,
}

/// `backup`.
#[derive(Clone, Debug, Args)]
pub struct BackupOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 备份写到哪里：新的目录
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// 独立的 ClickHouse 把表备份到哪里，如 "Disk('backups', '20261122')"、"S3(…)"
    #[arg(long, value_name = "DESTINATION")]
    pub clickhouse: Option<String>,
}

/// `restore`.
#[derive(Clone, Debug, Args)]
pub struct RestoreOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// backup 写出的目录
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// 独立的 ClickHouse 从哪里恢复表 [默认：表已在库中]
    #[arg(long, value_name = "DESTINATION")]
    pub clickhouse: Option<String>,
}

/// `report`.
#[derive(Clone, Debug, Args)]
pub struct ReportOptions {
    /// Common options.
    #[command(flatten)]
    pub common: Common,
    /// 哪一周，如 2026-W47 [默认：最近一个过完的周]
    #[arg(long, value_name = "WEEK")]
    pub week: Option<String>,
    /// 写到哪里（.html 或 .json）
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// 发布：从此逐字节不变；数据不完整时拒绝
    #[arg(long)]
    pub publish: bool,
    /// 数据不完整也发布
    #[arg(long)]
    pub partial: bool,
}

/// `accounts`.
#[derive(Clone, Debug, Args)]
pub struct AccountsOptions {
    /// What to do.
    #[command(subcommand)]
    pub action: AccountsAction,
}

/// What to do with accounts.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsAction {
    /// 新建账号并打印令牌（只显示这一次）
    Add {
        /// 账号名
        name: String,
        /// 角色：intake、agent、supervisor、analyst、executive、admin
        #[arg(long)]
        role: String,
        /// 工号
        #[arg(long)]
        agent_no: Option<String>,
        /// 部门；给主管、分析、管理层账号设部门后，只能查看该部门的记录
        #[arg(long)]
        department: Option<String>,
        /// 多少天后到期（0：立即到期） [默认：不到期]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=3650))]
        expires_days: Option<u32>,
        /// 同时设置登录密码：从标准输入读一行
        #[arg(long)]
        password: bool,
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 设置或更换登录密码：从标准输入读一行
    Password {
        /// 账号名
        name: String,
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 打印一次性登录链接（一小时内有效）
    Link {
        /// 账号名
        name: String,
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 列出账号
    List {
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 核对全部审计记录有没有被改动过
    Audit {
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
    /// 撤销账号：令牌、密码与已登录的会话立即失效
    Revoke {
        /// 账号名
        name: String,
        /// Common options.
        #[command(flatten)]
        common: Common,
    },
}
