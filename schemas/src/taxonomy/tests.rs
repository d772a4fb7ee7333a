use super::{NOBODY, Taxonomy};

const SMALL: &str = r#"
version = 3
owners = ["物流", "市场"]

[[group]]
code = "fulfil"
zh = "履约"
en = "Fulfilment"

[[cause]]
code = "fulfil.lost"
zh = "丢件"
en = "Lost"
owner = "物流"
definition = "never arrived"
"#;

/// `SMALL` with `old` replaced by `new` says `line` and `words`.
fn check(old: &str, new: &str, line: Option<usize>, words: &str) {
    assert!(SMALL.contains(old), "{old:?}");
    let error = Taxonomy::parse(&SMALL.replacen(old, new, 1)).expect_err(new);
    assert_eq!(error.line, line, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    let zh = error.message_zh();
    assert!(zh.starts_with("归因分类文件"), "{zh}");
    assert_eq!(zh.contains("行"), line.is_some(), "{zh}");
}

#[test]
fn the_shipped_taxonomy_is_valid() {
    let taxonomy = Taxonomy::shipped().expect("shipped");
    assert_eq!((taxonomy.groups.len(), taxonomy.causes.len()), (8, 36));
    assert_eq!(taxonomy.owner("promise.eta_overpromise").map(|o| &**o), Some("承诺制定方"));
    let used: std::collections::BTreeSet<_> = taxonomy.causes.iter().map(|c| &c.owner).collect();
    assert!(taxonomy.owners.iter().all(|o| used.contains(o)), "an owner of the list owns nothing");
}

#[test]
fn other_is_always_there_and_owned_by_nobody() {
    let taxonomy = Taxonomy::parse(SMALL).expect("valid");
    assert_eq!(taxonomy.owner("other").map(|o| &**o), Some(NOBODY));
    assert_eq!(taxonomy.leaves().map(|c| &*c.code).collect::<Vec<_>>(), ["fulfil.lost", "other"]);
    assert_eq!(taxonomy.cause("fulfil.lost").map(super::Cause::group), Some("fulfil"));
    assert_eq!(taxonomy.group("fulfil").map(|g| &*g.zh), Some("履约"));
    assert_eq!(taxonomy.cause("fulfil"), None);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    check("owner = \"物流\"", "owner = \"物留\"", Some(14), "物留");
    check("owner = \"物流\"", "owner = \"  \"", Some(14), "no owner");
    check("owner = \"物流\"\n", "", Some(10), "missing field `owner`");
    check("\"市场\"", "\"物流\"", Some(3), "twice");
    check("\"市场\"", "\"\"", Some(3), "empty");
    check("code = \"fulfil.lost\"", "code = \"fulfill.lost\"", Some(11), "no [[group]] with the code \"fulfill\"");
    check("code = \"fulfil.lost\"", "code = \"fulfil\"", Some(11), "used twice");
    check("code = \"fulfil.lost\"", "code = \"other\"", Some(11), "built-in");
    check("code = \"fulfil.lost\"", "code = \"fulfil.Lost\"", Some(11), "group.leaf");
    check("code = \"fulfil.lost\"", "code = \"fulfil.lost.more\"", Some(11), "group.leaf");
    check("code = \"fulfil.lost\"", "code = \".lost\"", Some(11), "group.leaf");
    check("code = \"fulfil\"", "code = \"履约\"", Some(6), "write group in");
    check("zh = \"丢件\"", "zh = \"\"", Some(12), "zh of \"fulfil.lost\" is empty");
    check("zh = \"丢件\"", "zh = 3", Some(12), "expected a string");
    check("zh = \"丢件\"", "zh = \"丢件\"\nowners = \"物流\"", Some(13), "unknown field `owners`");
    check("version = 3", "version = -3", Some(2), "expected u32");
    check("version = 3", "versions = 3", Some(2), "unknown field `versions`");
    check("[[cause]]", "[[cause]", Some(10), "");
}

#[test]
fn a_file_with_nothing_in_it_is_refused() {
    for empty in ["", "\u{feff}", " \n\t\n", "# only words\n"] {
        assert!(Taxonomy::parse(empty).expect_err(empty).to_string().contains("the file is empty"));
    }
    let error = Taxonomy::parse("version = 1").expect_err("no causes");
    assert!(error.to_string().contains("no [[cause]]"), "{error}");
    let error = Taxonomy::parse(&"#".repeat((1 << 20) + 1)).expect_err("too large");
    assert!(error.to_string().contains("larger than 1048576 bytes"), "{error}");
}

#[test]
fn a_code_used_twice_is_named_where_it_is_used_again() {
    let leaf = SMALL.split_once("[[cause]]").expect("a cause").1;
    let error = Taxonomy::parse(&format!("{SMALL}\n[[cause]]{leaf}")).expect_err("twice");
    assert_eq!(error.line, Some(18));
    assert!(error.to_string().contains("\"fulfil.lost\" is used twice"), "{error}");
}

#[test]
fn without_a_list_any_owner_will_do() {
    let taxonomy = Taxonomy::parse(&SMALL.replace("owners = [\"物流\", \"市场\"]", "")).expect("valid");
    assert_eq!(taxonomy.owners.iter().map(|o| &**o).collect::<Vec<_>>(), ["物流"]);
    let taxonomy = Taxonomy::parse(&SMALL.replace("owner = \"物流\"", "owner = \"无\"")).expect("nobody is known");
    assert_eq!(taxonomy.owner("fulfil.lost").map(|o| &**o), Some(NOBODY));
}

#[test]
fn the_fingerprint_is_of_the_meaning_not_of_the_layout() {
    let print = |file: &str| Taxonomy::parse(file).expect("valid").fingerprint;
    assert_eq!(print(SMALL), print(&SMALL.replace('\n', "\n# a word\n")));
    assert_eq!(print(SMALL).len(), 32);
    for (old, new) in [("version = 3", "version = 4"), ("owner = \"物流\"", "owner = \"市场\""), ("never", "seldom")]
    {
        assert_ne!(print(SMALL), print(&SMALL.replace(old, new)), "{new}");
    }
    let taxonomy = Taxonomy::parse(SMALL).expect("valid");
    assert!(taxonomy.citation().starts_with("3-") && taxonomy.citation().len() == 10);
}
