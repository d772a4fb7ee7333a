//! How much work `tingjian-server analyse` does for one hostile text. Alone in its file: the time of all finished children of
//! this process is counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use serde_json::json;

/// Ticks per second in which Linux tells the time of processes.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time of all children that have ended, in ticks: unlike the clock, it does not depend on who else works.
fn ticks_of_children() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("/proc");
    // Fields after the name: state is the first, cutime and cstime are the 14th and 15th.
    let fields: Vec<_> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
    fields[13..15].iter().map(|field| field.parse::<u64>().expect("ticks")).sum()
}

/// Ticks that reading `text` takes, the start of the program included.
fn ticks_for(text: &str) -> u64 {
    let before = ticks_of_children();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tingjian-server"))
        .arg("analyse")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let line = json!({ "id": 0, "text": text }).to_string();
    child.stdin.take().expect("stdin").write_all(line.as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
    ticks_of_children() - before
}

/// Time that grows with the square of the length would be minutes here.
#[test]
fn one_repeated_character_is_no_more_work_than_any_text() {
    let start = ticks_for("好");
    for character in ["哈", "1", "一", "a", "，", "@", "分", "京", "到", "送"] {
        let taken = ticks_for(&character.repeat(64 * 1024 / character.len())).saturating_sub(start);
        assert!(taken < TICKS_PER_SECOND, "64 KiB of {character}: {taken} ticks beyond the start's {start}");
    }
}
