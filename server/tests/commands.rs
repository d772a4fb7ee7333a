//! Accounts, configuration and the API's description on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tingjian-server"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments, &[]);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Refused with status 1 and words that hold all of `words`.
fn refused(folder: &Path, arguments: &[&str], environment: &[(&str, &str)], words: &[&str]) {
    let output = run(folder, arguments, environment);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?} {environment:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} {environment:?}: {word:?} is missing in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    let causes: Vec<_> = said.split(['：', '\n']).map(str::trim).filter(|part| part.len() > 20).collect();
    assert_eq!(causes.iter().collect::<BTreeSet<_>>().len(), causes.len(), "nothing is said twice: {said}");
}

#[test]
fn an_account_is_added_listed_linked_and_revoked() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let token =
        done(folder, &["accounts", "add", "小李", "--role", "agent", "--agent-no", "0417", "--department", "客服"]);
    assert!(token.trim().len() > 40 && token.lines().count() == 1, "a token that cannot be guessed, alone");
    let other = done(folder, &["accounts", "add", "小王", "--role", "intake"]);
    assert_ne!(token, other);

    let listed = done(folder, &["accounts", "list"]);
    let line = listed.lines().find(|line| line.starts_with("小李\t")).expect("小李 is listed");
    let fields: Vec<_> = line.split('\t').collect();
    assert_eq!((&fields[..4], fields[5]), (&["小李", "agent", "0417", "客服"][..], "有效"));
    assert!(!listed.contains(token.trim()), "a token is shown only once");

    let link = done(folder, &["accounts", "link", "小李"]);
    assert!(link.starts_with("http://127.0.0.1:8700/sign-in?code="), "{link}");

    done(folder, &["accounts", "revoke", "小李"]);
    let listed = done(folder, &["accounts", "list"]);
    assert!(listed.lines().any(|line| line.starts_with("小李\t") && line.ends_with("已撤销")), "{listed}");
    assert!(listed.lines().any(|line| line.starts_with("小王\t") && line.ends_with("有效")), "{listed}");
    refused(folder, &["accounts", "revoke", "小李"], &[], &["小李"]);
    refused(folder, &["accounts", "link", "小李"], &[], &["小李"]);
    refused(folder, &["accounts", "link", "没有这个人"], &[], &["没有这个人"]);
    refused(folder, &["accounts", "add", "小王", "--role", "intake"], &[], &["小王", "已存在"]);
    refused(folder, &["accounts", "add", "小张", "--role", "boss"], &[], &["boss", "analyst"]);
}

#[test]
fn a_wrong_configuration_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let config = |name: &str, toml: &str| {
        fs::write(folder.join(name), toml).expect("a file");
        ["serve", "--config", name].map(str::to_owned)
    };
    let files: [(&str, &[&str]); 8] = [
        ("[server]\nlisten_on = \"127.0.0.1:1\"\n", &["server.listen_on", "server.listen", "c.toml"]),
        ("[servr]\nlisten = \"127.0.0.1:1\"\n", &["servr.listen", "server.listen"]),
        ("[server]\nlisten = 8700\n", &["c.toml", "listen"]),
        ("[server\n", &["c.toml", "TOML"]),
        ("[source]\nkind = \"carrier-pigeon\"\n", &["c.toml", "carrier-pigeon", "journal"]),
        ("[pipeline]\nbatch_rows = 0\n", &["pipeline.batch_rows"]),
        ("[server]\nzone = \"Mars/Olympus\"\nlisten = \"127.0.0.1:0\"\n", &["server.zone", "Mars/Olympus"]),
        ("[log]\nlevel = \"=loud=\"\n", &["log.level"]),
    ];
    for (toml, words) in files {
        let arguments = config("c.toml", toml);
        refused(folder, &arguments.each_ref().map(String::as_str), &[], words);
    }
    refused(folder, &["serve", "--config", "absent.toml"], &[], &["absent.toml"]);
    let empty = config("empty.toml", "");
    let serve = empty.each_ref().map(String::as_str);
    refused(folder, &serve, &[("TINGJIAN_LOG_FORMAT", "yaml")], &["TINGJIAN_LOG_FORMAT", "yaml", "json"]);
    refused(folder, &serve, &[("TINGJIAN_PIPELINE_BATCH_ROWS", "many")], &["TINGJIAN_PIPELINE_BATCH_ROWS", "many"]);
    refused(folder, &serve, &[("TINGJIAN_SERVER_LISTEN", "here")], &["TINGJIAN_SERVER_LISTEN", "here"]);
    refused(
        folder,
        &["analyse"],
        &[("TINGJIAN_ANALYSIS_TAXONOMY", "absent.toml")],
        &["analysis.taxonomy", "absent.toml"],
    );
}

#[test]
fn openapi_describes_the_calls_there_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let document: Value = serde_json::from_str(&done(folder.path(), &["openapi"])).expect("JSON");
    assert!(document["openapi"].as_str().expect("a version").starts_with("3."));
    let calls: BTreeSet<String> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, calls)| {
            calls.as_object().expect("calls").keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    for call in [
        "POST /api/v1/streams/{stream}",
        "GET /api/v1/search",
        "GET /api/v1/records/{record_id}",
        "GET /api/v1/records/{record_id}/trace",
        "GET /api/v1/causes",
        "GET /api/v1/export",
        "GET /api/v1/dead-letters",
        "POST /api/v1/dead-letters/{id}/replay",
        "GET /api/v1/taxonomy",
        "GET /api/v1/health",
        "GET /api/v1/metrics",
    ] {
        assert!(calls.contains(call), "{call} is not among {calls:?}");
    }
}
