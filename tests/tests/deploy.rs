//! What people deploy: the chart, the compose file and the alert rules, read by the parsers of those who will run them, and held
//! against what the program really takes and says. Nothing is installed in a Kubernetes or by a Docker.

#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tingjian_tests::{Broker, Sandbox, complaint, run_program, wait_until};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The program that `scripts/fetch-deploy.sh` builds; `None` where there is no Go to build it with.
fn checker() -> Option<PathBuf> {
    let said = Command::new(root().join("scripts/fetch-deploy.sh")).arg("--print-path").output().expect("the script");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let path = String::from_utf8(said.stdout).expect("UTF-8").trim().to_owned();
    if path.is_empty() {
        eprintln!("not tried: there is no Go to build the checker with");
    }
    Some(PathBuf::from(path)).filter(|path| path.is_file())
}

/// Whether the checker finds nothing wrong, and what it says.
fn check(program: &Path, what: &str, path: &Path) -> (bool, String) {
    let output = Command::new(program).arg(what).arg(path).output().expect("the checker starts");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// A copy of a part of deploy/ in which `from` is written otherwise.
fn spoilt(part: &str, file: &str, from: &str, to: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let copied = Command::new("cp").arg("-r").arg(root().join("deploy").join(part)).arg(folder.path()).status();
    assert!(copied.expect("cp").success());
    let copy = folder.path().join(Path::new(part).file_name().expect("a name"));
    let path = if file.is_empty() { copy.clone() } else { copy.join(file) };
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{} does not hold {from:?}", path.display());
    fs::write(&path, text.replacen(from, to, 1)).expect("a file");
    (folder, copy)
}

#[test]
fn chart_compose_file_and_rules_are_what_their_readers_expect() {
    let Some(program) = checker() else { return };
    let deploy = root().join("deploy");
    for (what, path) in [("chart", "helm/tingjian"), ("compose", "docker-compose.yml"), ("rules", "alerts.yml")] {
        let (is_fine, said) = check(&program, what, &deploy.join(path));
        assert!(is_fine && said.ends_with(" 0 wrong\n"), "{path}: {said}");
    }
    // And the checker sees what is wrong.
    for (what, part, file, from, to, why) in [
        (
            "chart",
            "helm/tingjian",
            "templates/pipeline.yaml",
            "  replicas:",
            "  replica:",
            "unknown field \"spec.replica\"",
        ),
        ("chart", "helm/tingjian", "templates/web.yaml", ".Values.service.type", ".Values.servise.type", "servise"),
        ("chart", "helm/tingjian", "Chart.yaml", "version: 0.1.0", "version: one", "version"),
        ("compose", "docker-compose.yml", "", "depends_on:", "depend_on:", "depend_on"),
        (
            "compose",
            "docker-compose.yml",
            "",
            "    clickhouse:\n      condition",
            "    clickhaus:\n      condition",
            "clickhaus",
        ),
        ("rules", "alerts.yml", "", "max by (sink)", "max bye (sink)", "parse"),
        ("rules", "alerts.yml", "", "for: 10m", "for: ten", "ten"),
    ] {
        let (_folder, path) = spoilt(part, file, from, to);
        let (is_fine, said) = check(&program, what, &path);
        assert!(!is_fine && said.contains(why), "{from:?} as {to:?}: {said}");
    }
}

#[test]
fn the_configurations_that_are_shipped_are_taken() {
    let deploy = root().join("deploy");
    let values = fs::read_to_string(deploy.join("helm/tingjian/values.yaml")).expect("values");
    let (_, config) = values.split_once("config: |\n").expect("the configuration");
    let lines = config.lines().take_while(|line| line.is_empty() || line.starts_with("  "));
    let of_chart: String = lines.map(|line| format!("{}\n", line.get(2..).unwrap_or_default())).collect();
    let of_compose = fs::read_to_string(deploy.join("tingjian.toml")).expect("tingjian.toml");
    let folder = tempfile::tempdir().expect("a folder");
    for text in [of_chart, of_compose] {
        let path = folder.path().join("tingjian.toml");
        fs::write(&path, &text).expect("a file");
        // Any subcommand reads it; this one then finds no broker under these names.
        let path = path.to_str().expect("UTF-8");
        let quick = [("TINGJIAN_SOURCE_KAFKA_ANSWER_TIMEOUT_MS", "300")];
        let output = run_program(&["topics", "check", "--config", path], &quick);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("Kafka") && !said.contains("配置"), "{said}\n{text}");
    }
}

#[test]
fn every_alert_is_about_something_the_server_says() {
    let rules = fs::read_to_string(root().join("deploy/alerts.yml")).expect("the rules");
    let broker = Broker::start(1);
    let sandbox = Sandbox::with(&[
        ("TINGJIAN_SOURCE_KIND", "kafka"),
        ("TINGJIAN_SOURCE_KAFKA_BROKERS", &broker.address()),
        ("TINGJIAN_SOURCE_KAFKA_ENDS_INTERVAL_MS", "200"),
    ]);
    sandbox.wait_ready();
    let client = sandbox.client();
    client.send("complaints", &[complaint("a", "2026-11-20T12:00:00+08:00", "包裹三天没到")]);
    sandbox.settle();
    let wanted: BTreeSet<_> =
        rules.lines().filter(|line| line.trim_start().starts_with("expr:")).flat_map(names).collect();
    assert!(wanted.len() >= 6, "{wanted:?}");
    wait_until("every metric of the rules", || {
        let said = client.get("/metrics", &[]).text();
        let known: BTreeSet<_> = said.lines().filter(|line| !line.starts_with('#')).flat_map(names).collect();
        let missing: Vec<_> = wanted.difference(&known).collect();
        if !missing.is_empty() {
            eprintln!("no server says {missing:?}");
        }
        missing.is_empty().then_some(())
    });
}

/// The product's metrics that a text names.
fn names(line: &str) -> Vec<String> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("tingjian_")).map(str::to_owned).collect()
}
