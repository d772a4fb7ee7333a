//! Several servers of different roles over one broker and one ClickHouse.

use std::fs;

use tempfile::TempDir;

use crate::{Broker, Engine, Sandbox, run_program};

/// What all of them share.
pub struct Fleet {
    /// The broker.
    pub broker: Broker,
    /// The ClickHouse.
    pub engine: Engine,
    secrets: TempDir,
}

impl Fleet {
    /// A broker with the contract's topics, and a ClickHouse; no server yet.
    pub fn new(partitions: i32) -> Self {
        let secrets = tempfile::tempdir().expect("a temporary folder");
        fs::write(secrets.path().join("link.key"), "a link key that all servers of the tests share").expect("a key");
        let broker = Broker::start(partitions);
        broker.create_topics(&["tingjian.analysed"], partitions);
        Self { broker, engine: Engine::start(), secrets }
    }

    /// A server of these roles on a folder of its own; listening, perhaps not yet ready.
    pub fn server(&self, roles: &str) -> Sandbox {
        self.server_of_protocol(roles, "classic")
    }

    /// The same, with the group's protocol: `classic` or `consumer`.
    pub fn server_of_protocol(&self, roles: &str, protocol: &str) -> Sandbox {
        let environment = self.environment(roles, protocol);
        Sandbox::with(&environment.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
    }

    /// A server with further environment variables, which win.
    pub fn server_with(&self, roles: &str, more: &[(&str, &str)]) -> Sandbox {
        let environment = self.environment(roles, "classic");
        let environment = environment.iter().map(|(name, value)| (*name, value.as_str()));
        Sandbox::with(&environment.chain(more.iter().copied()).collect::<Vec<_>>())
    }

    /// Runs a subcommand beside the servers, which must succeed; returns what it printed.
    pub fn command(&self, arguments: &[&str]) -> String {
        let environment = self.environment("pipeline", "classic");
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = run_program(arguments, &environment);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What a server of these roles is told.
    pub fn environment_of(&self, roles: &str) -> Vec<(&'static str, String)> {
        self.environment(roles, "classic")
    }

    fn environment(&self, roles: &str, protocol: &str) -> Vec<(&'static str, String)> {
        // A member that is killed or frozen is missed after this time; of the other protocol the broker says it.
        let classic = r#"{ "session.timeout.ms" = "2000", "heartbeat.interval.ms" = "500" }"#;
        let properties = if protocol == "classic" { classic } else { "{}" };
        vec![
            ("TINGJIAN_SERVER_ROLES", roles.to_owned()),
            ("TINGJIAN_SOURCE_KIND", "kafka".to_owned()),
            ("TINGJIAN_SOURCE_KAFKA_BROKERS", self.broker.address()),
            ("TINGJIAN_SOURCE_KAFKA_PROPERTIES", properties.to_owned()),
            ("TINGJIAN_SOURCE_KAFKA_GROUP_PROTOCOL", protocol.to_owned()),
            ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200".to_owned()),
            ("TINGJIAN_SOURCE_KAFKA_COMMIT_INTERVAL_MS", "200".to_owned()),
            ("TINGJIAN_WAREHOUSE_URL", self.engine.url()),
            ("TINGJIAN_WAREHOUSE_PASSWORD_FILE", self.engine.password_file().display().to_string()),
            ("TINGJIAN_SECRETS_LINK_KEY_FILE", self.secrets.path().join("link.key").display().to_string()),
        ]
    }
}
