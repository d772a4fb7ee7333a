//! Every key there is. A test holds this list against the types.

/// All keys, as `section.key`. Those in [`OPEN_KEYS`] take any key below them.
pub const KEYS: &[&str] = &[
    "server.listen",
    "server.data_dir",
    "server.roles",
    "server.public_url",
    "server.zone",
    "server.request_timeout_s",
    "server.max_body_bytes",
    "server.max_concurrent_posts",
    "server.shutdown_timeout_s",
    "source.kind",
    "source.journal.retention_hours",
    "source.journal.max_backlog_records",
    "source.kafka.brokers",
    "source.kafka.group",
    "source.kafka.group_protocol",
    "source.kafka.properties",
    "source.kafka.secret_files",
    "source.kafka.oauth_token_file",
    "source.kafka.publish_analysed",
    "source.kafka.topic_partitions",
    "source.kafka.topic_replication",
    "source.kafka.topic_retention_hours",
    "source.kafka.commit_interval_ms",
    "source.kafka.ends_interval_ms",
    "source.kafka.answer_timeout_ms",
    "source.kafka.produce_timeout_ms",
    "pipeline.batch_rows",
    "pipeline.batch_bytes",
    "pipeline.flush_interval_ms",
    "pipeline.retry_first_ms",
    "pipeline.retry_longest_ms",
    "pipeline.attribution",
    "warehouse.url",
    "warehouse.user",
    "warehouse.password",
    "warehouse.password_file",
    "warehouse.ca_file",
    "warehouse.database",
    "warehouse.cluster",
    "warehouse.engine.library",
    "warehouse.engine.memory_bytes",
    "warehouse.engine.connections",
    "search.engine",
    "search.writer_threads",
    "search.writer_memory_bytes",
    "analysis.taxonomy",
    "analysis.model",
    "analysis.dictionary",
    "secrets.link_key_file",
    "oidc.issuer",
    "oidc.client_id",
    "oidc.client_secret_file",
    "oidc.ca_file",
    "oidc.label",
    "oidc.scopes",
    "oidc.name_claim",
    "oidc.role_claim",
    "oidc.roles",
    "oidc.department_claim",
    "oidc.departments",
    "oidc.agent_no_claim",
    "oidc.timeout_ms",
    "reports.channels_file",
    "reports.day",
    "reports.time",
    "alerts.interval_s",
    "alerts.quiet_from",
    "alerts.quiet_until",
    "alerts.emerging_q",
    "alerts.emerging_records",
    "alerts.overdue_requests",
    "alerts.lag_records",
    "alerts.dead_letters",
    "log.level",
    "log.format",
];

/// Keys under which anything may stand.
pub const OPEN_KEYS: &[&str] =
    &["source.kafka.properties", "source.kafka.secret_files", "oidc.roles", "oidc.departments"];

/// Keys whose values are texts whatever they look like, and are never shown.
pub const SECRET_KEYS: &[&str] = &["warehouse.password"];

/// The environment variable of a key.
pub fn variable(key: &str) -> String {
    format!("TINGJIAN_{}", key.replace('.', "_").to_uppercase())
}

/// The known key most like `unknown`.
pub fn nearest(unknown: &str) -> &'static str {
    let distance = |key: &&&str| strsim::damerau_levenshtein(key, unknown);
    let leaf = unknown.rsplit('.').next().unwrap_or(unknown);
    let same_leaf = KEYS.iter().find(|key| key.rsplit('.').next() == Some(leaf));
    same_leaf.or_else(|| KEYS.iter().min_by_key(distance)).copied().unwrap_or_default()
}
