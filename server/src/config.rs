//! The configuration: raw keys in, checked values out.
//!
//! A file may set any key of [`keys::KEYS`]; every key can also be set as `TINGJIAN_SECTION_KEY` in the environment, which
//! wins over the file; command-line options win over both.

mod keys;
mod layers;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use layers::ConfigError;

/// Everything that can be configured, with its defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[source]`.
    pub source: Source,
    /// `[pipeline]`.
    pub pipeline: Pipeline,
    /// `[warehouse]`.
    pub warehouse: Warehouse,
    /// `[search]`.
    pub search: Search,
    /// `[analysis]`.
    pub analysis: Analysis,
    /// `[secrets]`.
    pub secrets: Secrets,
    /// `[oidc]`.
    pub oidc: Oidc,
    /// `[reports]`.
    pub reports: Reports,
    /// `[alerts]`.
    pub alerts: Alerts,
    /// `[log]`.
    pub log: Log,
}

/// What one process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Moves records from the source to the sinks.
    Pipeline,
    /// Keeps a search index.
    Indexer,
    /// Serves HTTP.
    Web,
}

/// `[server]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Folder for everything this server keeps.
    pub data_dir: PathBuf,
    /// What this process does.
    #[serde(deserialize_with = "layers::list")]
    pub roles: Vec<Role>,
    /// Address under which people reach the server, for links; empty: the listening address.
    pub public_url: String,
    /// Longest time for one request, seconds.
    pub request_timeout_s: u64,
    /// IANA name of the organisation's time zone: days and weeks begin there.
    pub zone: String,
    /// Largest request body, bytes.
    pub max_body_bytes: usize,
    /// Posts that may be read at the same time; further ones are answered 429.
    pub max_concurrent_posts: usize,
    /// Longest time to finish running requests and batches at shutdown, seconds.
    pub shutdown_timeout_s: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_700)),
            data_dir: PathBuf::from("data"),
            roles: vec![Role::Pipeline, Role::Indexer, Role::Web],
            public_url: String::new(),
            zone: "Asia/Shanghai".into(),
            request_timeout_s: 60,
            max_body_bytes: 64 << 20,
            max_concurrent_posts: 32,
            shutdown_timeout_s: 20,
        }
    }
}

impl Server {
    /// Whether people reach the server over TLS: then cookies go nowhere else.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The address people use: `public_url`, or the listening address.
    pub fn address(&self) -> String {
        if self.public_url.is_empty() {
            format!("http://{}", self.listen)
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }
}

/// Where records come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The embedded journal, fed by HTTP and file intake.
    #[default]
    Journal,
    /// Apache Kafka.
    Kafka,
}

/// `[source]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Which source.
    pub kind: SourceKind,
    /// `[source.journal]`.
    pub journal: Journal,
    /// `[source.kafka]`.
    pub kafka: Kafka,
}

/// `[source.journal]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Journal {
    /// How long raw events are kept after both sinks hold them, hours.
    pub retention_hours: u64,
    /// Records that may wait for the sinks before intake is refused with 503.
    pub max_backlog_records: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self { retention_hours: 168, max_backlog_records: 20_000_000 }
    }
}

/// How members of the group share partitions; both move one partition at a time without stopping the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupProtocol {
    /// Members agree among themselves (cooperative-sticky): any broker. A busy topic may fall to one member as a whole.
    #[default]
    Classic,
    /// Brokers share every topic out among all members (KIP-848): brokers from 4.0 on.
    Consumer,
}

/// `[source.kafka]`.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct Kafka {
    /// `host:port,host:port`.
    pub brokers: String,
    /// Consumer group.
    pub group: String,
    /// How members share partitions.
    pub group_protocol: GroupProtocol,
    /// Any librdkafka setting.
    pub properties: BTreeMap<String, String>,
    /// Files that hold the values of further librdkafka settings: passwords and keys.
    pub secret_files: BTreeMap<String, PathBuf>,
    /// File with the token of SASL OAUTHBEARER; read again whenever a new one is needed.
    pub oauth_token_file: Option<PathBuf>,
    /// Whether a process that keeps an index of its own also publishes what it understood to `tingjian.analysed`; pipelines
    /// without an index always do.
    pub publish_analysed: bool,
    /// Partitions that `topics create` gives a topic: how many pipelines can share it.
    pub topic_partitions: i32,
    /// Replicas of a partition; 0: as brokers are configured.
    pub topic_replication: i32,
    /// How long topics keep events, hours.
    pub topic_retention_hours: u64,
    /// Between two commits of the group's offsets, which only feed lag monitors, milliseconds.
    pub commit_interval_ms: u64,
    /// Between two looks at where the topics end, milliseconds.
    pub ends_interval_ms: u64,
    /// Longest wait for one answer about topics, offsets and the group, milliseconds.
    pub answer_timeout_ms: u64,
    /// Longest wait for brokers to acknowledge an intake, milliseconds; then it is refused.
    pub produce_timeout_ms: u64,
}

impl Default for Kafka {
    fn default() -> Self {
        Self {
            brokers: String::new(),
            group: "tingjian".into(),
            group_protocol: GroupProtocol::default(),
            properties: BTreeMap::new(),
            secret_files: BTreeMap::new(),
            oauth_token_file: None,
            publish_analysed: false,
            topic_partitions: 12,
            topic_replication: 0,
            topic_retention_hours: 168,
            commit_interval_ms: 1_000,
            ends_interval_ms: 1_000,
            answer_timeout_ms: 5_000,
            produce_timeout_ms: 10_000,
        }
    }
}

/// Properties may hold secrets: only their names are shown.
impl std::fmt::Debug for Kafka {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kafka")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("properties", &self.properties.keys())
            .finish_non_exhaustive()
    }
}

/// `[pipeline]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Pipeline {
    /// Records of one batch at most.
    pub batch_rows: usize,
    /// Bytes of one batch at most.
    pub batch_bytes: usize,
    /// Longest time a record waits for others, milliseconds.
    pub flush_interval_ms: u64,
    /// First wait before a failed write is tried again, milliseconds; doubles.
    pub retry_first_ms: u64,
    /// Longest such wait, milliseconds.
    pub retry_longest_ms: u64,
    /// Whether this process works out who is responsible. Of several pipelines one is enough; all may.
    pub attribution: bool,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            batch_rows: 65_536,
            batch_bytes: 32 << 20,
            flush_interval_ms: 250,
            retry_first_ms: 100,
            retry_longest_ms: 10_000,
            attribution: true,
        }
    }
}

/// A text that is never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "unset" } else { "***" })
    }
}

/// `[warehouse]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Warehouse {
    /// `embedded`, or one or more ClickHouse HTTP addresses: `http://host:8123`, `https://host:8443`.
    #[serde(deserialize_with = "layers::list")]
    pub url: Vec<String>,
    /// User.
    pub user: String,
    /// Password; meant for the environment (`TINGJIAN_WAREHOUSE_PASSWORD`), never shown.
    pub password: Secret,
    /// File that holds the password.
    pub password_file: Option<PathBuf>,
    /// File with the certificates (PEM) of the authorities that may vouch for `https` addresses; unset: those this machine knows.
    pub ca_file: Option<PathBuf>,
    /// Database.
    pub database: String,
    /// Cluster name for replicated tables; empty: one server.
    pub cluster: String,
    /// `[warehouse.engine]`.
    pub engine: Engine,
}

impl Default for Warehouse {
    fn default() -> Self {
        Self {
            url: vec!["embedded".into()],
            user: "default".into(),
            password: Secret::default(),
            password_file: None,
            ca_file: None,
            database: "tingjian".into(),
            cluster: String::new(),
            engine: Engine::default(),
        }
    }
}

/// `[warehouse.engine]`: the embedded engine's child process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Engine {
    /// `libchdb.so`; unset: searched beside the program and in the usual places.
    pub library: Option<PathBuf>,
    /// Memory the engine may use, bytes.
    pub memory_bytes: u64,
    /// Queries that run at the same time; further ones wait.
    pub connections: usize,
}

impl Default for Engine {
    fn default() -> Self {
        Self { library: None, memory_bytes: 700 << 20, connections: 4 }
    }
}

/// What answers searches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchEngine {
    /// The embedded index.
    #[default]
    Tantivy,
    /// ClickHouse's own text index.
    Clickhouse,
}

/// `[search]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Search {
    /// What answers.
    pub engine: SearchEngine,
    /// Indexing threads.
    pub writer_threads: usize,
    /// Memory of all indexing threads, bytes.
    pub writer_memory_bytes: usize,
}

impl Default for Search {
    fn default() -> Self {
        // The other half analyses; more threads than four leave many small segments.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let writer_threads = (cores / 2).clamp(1, 4);
        Self { engine: SearchEngine::Tantivy, writer_threads, writer_memory_bytes: 160 << 20 }
    }
}

/// `[analysis]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// Taxonomy file; unset: the shipped one.
    pub taxonomy: Option<PathBuf>,
    /// Trained model; unset: the shipped one.
    pub model: Option<PathBuf>,
    /// Extra dictionary terms, one a line.
    pub dictionary: Option<PathBuf>,
}

/// `[reports]`: when the weekly report goes out, and where to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Reports {
    /// File that lists the channels; unset: nothing is sent.
    pub channels_file: Option<PathBuf>,
    /// Days after the end of the week: 0 is the Monday.
    pub day: i8,
    /// Time of that day in the organisation's zone, `08:00`.
    pub time: jiff::civil::Time,
}

impl Default for Reports {
    fn default() -> Self {
        Self { channels_file: None, day: 0, time: jiff::civil::time(8, 0, 0, 0) }
    }
}

/// `[alerts]`: from where on something is told between reports, over the channels of `reports.channels_file` that take alerts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Alerts {
    /// Between two looks, seconds; 0: nobody looks.
    pub interval_s: u64,
    /// From when on nobody is to be woken, in the organisation's zone; what is raised meanwhile is told afterwards.
    pub quiet_from: jiff::civil::Time,
    /// Until when; equal to `quiet_from`: no quiet hours.
    pub quiet_until: jiff::civil::Time,
    /// Greatest share of false alarms at which an emerging cause is told.
    pub emerging_q: f64,
    /// Fewest records of it.
    pub emerging_records: u64,
    /// Requests past their clock of one department.
    pub overdue_requests: u64,
    /// Records accepted and not stored that do not become fewer.
    pub lag_records: u64,
    /// Dead letters of one day.
    pub dead_letters: u64,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            interval_s: 60,
            quiet_from: jiff::civil::time(22, 0, 0, 0),
            quiet_until: jiff::civil::time(7, 0, 0, 0),
            emerging_q: 0.01,
            emerging_records: 10,
            overdue_requests: 5,
            lag_records: 200_000,
            dead_letters: 100,
        }
    }
}

/// `[secrets]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// File with the key of the link hashes; unset: `link.key` in the data folder, made at the first start.
    pub link_key_file: Option<PathBuf>,
}

/// `[oidc]`: signing in at an OpenID provider, beside passwords and tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Oidc {
    /// The provider's address, as its tokens name it; empty: nobody signs in there.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// File with the secret this server proves that with; unset: a public client, by PKCE alone.
    pub client_secret_file: Option<PathBuf>,
    /// File with the certificates (PEM) of the authorities that may vouch for the provider; unset: the public ones.
    pub ca_file: Option<PathBuf>,
    /// What the button says.
    pub label: String,
    /// What is asked for, besides `openid`.
    #[serde(deserialize_with = "layers::list")]
    pub scopes: Vec<String>,
    /// The claim that names the account made at the first sign-in.
    pub name_claim: String,
    /// The claim that says what somebody is: a text or several; `a.b` is b within a.
    pub role_claim: String,
    /// Its values, and the role of each here. Whoever has none of them is not let in.
    pub roles: BTreeMap<String, String>,
    /// The claim with the department; empty: accounts have none.
    pub department_claim: String,
    /// Its values, where they are not the department's name here; an empty name: not bound to any.
    pub departments: BTreeMap<String, String>,
    /// The claim with an agent's number.
    pub agent_no_claim: String,
    /// Longest wait for one answer of the provider, milliseconds.
    pub timeout_ms: u64,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            ca_file: None,
            label: "统一登录".into(),
            scopes: vec!["profile".into()],
            name_claim: "preferred_username".into(),
            role_claim: "roles".into(),
            roles: BTreeMap::new(),
            department_claim: String::new(),
            departments: BTreeMap::new(),
            agent_no_claim: "agent_no".into(),
            timeout_ms: 10_000,
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `[log]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter like `info,tingjian_pipeline=debug`.
    pub level: String,
    /// Form.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: LogFormat::Text }
    }
}

impl Config {
    /// Reads the file (none: defaults) and the environment.
    ///
    /// # Errors
    /// Unreadable file, unknown key (with the nearest known one), wrong value: each names key and origin.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
        };
        let origin = file.map_or_else(|| "默认配置".to_owned(), |path| path.display().to_string());
        Self::parse(&text, &origin, environment)
    }

    /// Reads a text, with `origin` naming it in errors.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(
        text: &str,
        origin: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table: toml::Table =
            text.parse().map_err(|e| ConfigError::Syntax { origin: origin.to_owned(), source: Box::new(e) })?;
        layers::check_keys(&table, origin)?;
        let mut config = Self::read(&table, origin)?;
        // One by one, so that a wrong value is reported with the variable that holds it.
        for (key, variable, value) in layers::environment(environment) {
            let shown = if keys::SECRET_KEYS.contains(&key) { "***".to_owned() } else { value.to_string() };
            layers::set(&mut table, key, value, &variable)?;
            config = Self::read(&table, &format!("环境变量 {variable}={shown}"))?;
        }
        config.check()?;
        Ok(config)
    }

    fn read(table: &toml::Table, origin: &str) -> Result<Self, ConfigError> {
        let wrong = |e| ConfigError::Value { origin: origin.to_owned(), source: Box::new(e) };
        toml::Value::Table(table.clone()).try_into().map_err(wrong)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |key, problem| Err(ConfigError::Bound { key, problem });
        if self.pipeline.batch_rows == 0 {
            return refuse("pipeline.batch_rows", "必须大于 0");
        }
        if self.pipeline.batch_bytes == 0 {
            return refuse("pipeline.batch_bytes", "必须大于 0");
        }
        if !(0..=6).contains(&self.reports.day) {
            return refuse("reports.day", "须在 0（周一）到 6（周日）之间");
        }
        if !(0.0..=1.0).contains(&self.alerts.emerging_q) {
            return refuse("alerts.emerging_q", "须在 0 到 1 之间");
        }
        if self.server.roles.is_empty() {
            return refuse("server.roles", "至少要有一个角色：pipeline、indexer、web");
        }
        if self.search.writer_threads == 0 || self.search.writer_threads > 8 {
            return refuse("search.writer_threads", "须在 1 到 8 之间");
        }
        if self.search.writer_memory_bytes / self.search.writer_threads < 15_000_000 {
            return refuse("search.writer_memory_bytes", "每个线程至少 15000000 字节");
        }
        let kafka = &self.source.kafka;
        for (key, milliseconds) in [
            ("source.kafka.commit_interval_ms", kafka.commit_interval_ms),
            ("source.kafka.ends_interval_ms", kafka.ends_interval_ms),
            ("source.kafka.answer_timeout_ms", kafka.answer_timeout_ms),
            ("source.kafka.produce_timeout_ms", kafka.produce_timeout_ms),
        ] {
            if milliseconds == 0 {
                return refuse(key, "必须大于 0");
            }
        }
        if kafka.topic_partitions < 1 {
            return refuse("source.kafka.topic_partitions", "必须大于 0");
        }
        if !self.warehouse.password.0.is_empty() && self.warehouse.password_file.is_some() {
            return refuse("warehouse.password", "与 warehouse.password_file 只能设置一个");
        }
        if self.warehouse.engine.connections == 0 {
            return refuse("warehouse.engine.connections", "必须大于 0");
        }
        self.check_oidc()
    }

    fn check_oidc(&self) -> Result<(), ConfigError> {
        let refuse = |key, problem| Err(ConfigError::Bound { key, problem });
        let oidc = &self.oidc;
        if oidc.issuer.is_empty() {
            return Ok(());
        }
        if oidc.client_id.is_empty() {
            return refuse("oidc.client_id", "设置了 oidc.issuer 时必须填写");
        }
        if self.server.public_url.is_empty() {
            return refuse("server.public_url", "设置了 oidc.issuer 时必须填写：统一登录要把浏览器送回这个地址");
        }
        if oidc.timeout_ms == 0 {
            return refuse("oidc.timeout_ms", "必须大于 0");
        }
        if oidc.roles.is_empty() {
            return refuse("oidc.roles", "设置了 oidc.issuer 时必须填写，否则谁也登录不了");
        }
        let is_role = |name: &String| crate::accounts::Role::ALL.iter().any(|role| role.name() == name);
        if !oidc.roles.values().all(is_role) {
            return refuse("oidc.roles", "的值须是 intake、agent、supervisor、analyst、executive、admin 之一");
        }
        Ok(())
    }
}
