use super::*;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse(text, "tingjian.toml", environment).map_err(|e| e.to_string())
}

#[test]
fn an_empty_file_gives_the_defaults() {
    assert_eq!(parse("", &[]), Ok(Config::default()));
}

#[test]
fn a_file_and_the_environment_set_keys_and_the_environment_wins() {
    let file = "[server]\nlisten = '0.0.0.0:80'\n[pipeline]\nflush_interval_ms = 100\n[warehouse]\nurl = ['http://a', 'http://b']";
    let config =
        parse(file, &[("TINGJIAN_PIPELINE_FLUSH_INTERVAL_MS", "50"), ("TINGJIAN_SERVER_ROLES", "web, indexer")]);
    let config = config.unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:80");
    assert_eq!(config.pipeline.flush_interval_ms, 50);
    assert_eq!(config.server.roles, [Role::Web, Role::Indexer]);
    assert_eq!(config.warehouse.url, ["http://a", "http://b"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (file, environment, words) in [
        ("[server]\nlisen = 'x'", vec![], "tingjian.toml 中有未知配置项 server.lisen，最接近的是 server.listen"),
        ("[warehose]\nurl = 'x'", vec![], "最接近的是 warehouse.url"),
        ("[server]\nflush_interval_ms = 1", vec![], "最接近的是 pipeline.flush_interval_ms"),
        ("[server", vec![], "不是有效的 TOML"),
        ("[server]\nlisten = 'nowhere'", vec![], "server.listen"),
        ("[source]\nkind = 'rabbit'", vec![], "rabbit"),
        ("[pipeline]\nbatch_rows = 0", vec![], "pipeline.batch_rows 必须大于 0"),
        ("", vec![("TINGJIAN_SERVER_ROLES", "pipeline,cook")], "cook"),
        ("server = 1", vec![("TINGJIAN_SERVER_LISTEN", "127.0.0.1:1")], "server"),
    ] {
        let error = parse(file, &environment).unwrap_err();
        assert!(error.contains(words), "{file:?}: {error:?} does not say {words:?}");
    }
}

#[test]
fn a_password_is_a_text_that_is_not_shown() {
    let config = parse("", &[("TINGJIAN_WAREHOUSE_PASSWORD", "20261122")]).unwrap();
    assert_eq!(config.warehouse.password.0, "20261122");
    assert!(!format!("{config:?}").contains("20261122"));
    let file = "[warehouse]\npassword_file = 'p'";
    let refused = parse(file, &[("TINGJIAN_WAREHOUSE_PASSWORD", "20261122")]).unwrap_err();
    assert!(refused.contains("warehouse.password_file") && !refused.contains("20261122"), "{refused}");
}

#[test]
fn any_kafka_property_passes() {
    let config = parse("[source.kafka.properties]\n'security.protocol' = 'SSL'", &[]).unwrap();
    assert_eq!(config.source.kafka.properties["security.protocol"], "SSL");
}

/// The list of keys and the types must not drift apart: every key is taken, and taken to the place it names.
#[test]
fn every_key_of_the_list_is_read() {
    for key in keys::KEYS.iter().filter(|key| !keys::OPEN_KEYS.contains(key)) {
        let (section, leaf) = key.rsplit_once('.').unwrap();
        let refused = parse(&format!("[{section}]\n{leaf} = {{ nonsense = 1.5 }}"), &[]);
        assert!(refused.is_err(), "{key} is in the list but nothing reads it");
    }
}
