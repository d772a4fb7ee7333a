//! Texts are cut into words, with the terms of the field in one piece.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use proptest::prelude::*;
use std::sync::LazyLock;
use tingjian_analysis::Segmenter;

static SEGMENTER: LazyLock<Segmenter> = LazyLock::new(|| Segmenter::new(None).unwrap());

fn cut(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    SEGMENTER.cut(text, &mut words);
    words
}

#[test]
fn terms_of_the_field_stay_whole() {
    let dictionary = include_str!("../dictionary/domain.txt");
    let terms: Vec<_> = dictionary
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split(' ').next())
        .filter(|t| !t.is_empty())
        .collect();
    let split: Vec<_> = terms.iter().filter(|term| cut(term) != [**term]).collect();
    assert!(split.is_empty(), "{split:?}");
    assert!(terms.len() >= 300, "{}", terms.len());
}

#[test]
fn terms_stay_whole_in_sentences() {
    for (text, term) in [
        ("催了三次单，工单还没人处理", "工单"),
        ("已经帮您催单了", "催单"),
        ("快递丢件了没人赔", "丢件"),
        ("三天都没有揽收", "揽收"),
        ("你们判责不公平", "判责"),
        ("部门又退单了", "退单"),
        ("客服只会念话术", "话术"),
        ("广告夸大宣传", "夸大宣传"),
        ("超过承诺时效两天", "承诺时效"),
        ("这是第三次重复来电", "重复来电"),
        ("说好次日达结果三天", "次日达"),
        ("首接负责制是空话", "首接负责"),
    ] {
        assert!(cut(text).contains(&term), "{text}: {:?}", cut(text));
    }
}

#[test]
fn an_organisation_adds_its_own_terms() {
    let text = "听见宝盒坏了";
    let plain = Segmenter::new(None).unwrap();
    let own = Segmenter::new(Some("# our product\n听见宝盒\n\n闪电侠套餐 100 nz # a plan\n")).unwrap();
    let mut words = Vec::new();
    own.cut(text, &mut words);
    assert_eq!(words, ["听见宝盒", "坏", "了"]);
    assert_ne!(plain.version(), own.version());
    assert_eq!(plain.version(), Segmenter::new(None).unwrap().version());
}

#[test]
fn a_wrong_line_is_named() {
    for (extra, line, reason) in [
        ("好词\n坏词 x", 2, "the frequency \"x\" is not a whole number"),
        ("词 0 n", 1, "the frequency 0 is not between 1 and 10000000"),
        ("词 3 n n", 1, "\"n\" after term, frequency and tag"),
    ] {
        let error = Segmenter::new(Some(extra)).unwrap_err();
        assert_eq!((error.line, error.reason.as_str()), (line, reason));
    }
}

#[test]
fn tokens_of_masking_are_words() {
    assert_eq!(cut("打【手机号】没人接"), ["打", "【", "手机号", "】", "没人接"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_but_white_space(text in any::<String>()) {
        let kept: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        prop_assert_eq!(cut(&text).concat(), kept);
    }

    #[test]
    fn nothing_is_lost_of_chinese(text in "[ \n，。！0-9a-zA-Z的了客服快递慢工单😡【】]{0,60}") {
        let kept: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        prop_assert_eq!(cut(&text).concat(), kept);
    }
}

#[test]
fn linear_time() {
    for unit in ["哈", "a", "1", "的", "客服", "，", " ", "一1"] {
        let text = unit.repeat(64 * 1024 / unit.len());
        let start = std::time::Instant::now();
        assert_eq!(cut(&text).concat().trim(), text.trim());
        assert!(start.elapsed().as_millis() < 1000, "{unit}: {:?}", start.elapsed());
    }
}
