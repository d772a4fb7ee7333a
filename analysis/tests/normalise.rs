//! One form for every way to write a text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::borrow::Cow;

use proptest::prelude::*;
use tingjian_analysis::{mask, normalise};

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(normalise(text), *expected, "from {text:?}");
        assert_eq!(normalise(expected), *expected, "again from {expected:?}");
    }
}

#[test]
fn full_width_letters_and_digits_become_ascii() {
    check(&[
        ("ＡＢＣ１２３", "ABC123"),
        ("打了１００８６", "打了10086"),
        ("满意度９５％", "满意度95%"),
        ("赔我￥５０", "赔我¥50"),
        ("ﬁx ㎏ ℃", "fix kg °C"),
        ("ｶﾞ", "ガ"),
        ("e\u{301}", "é"),
    ]);
}

#[test]
fn chinese_punctuation_stays_in_full_width() {
    check(&[
        ("太慢了，不会再来！（真的）：差；好吗？", "太慢了，不会再来！（真的）：差；好吗？"),
        ("“很好”…——《说明》【重要】、完。", "“很好”…——《说明》【重要】、完。"),
        ("太慢了,不会再来!", "太慢了，不会再来！"),
        ("慢!!!", "慢！！！"),
        ("!!!慢", "！！！慢"),
        ("客服(工号123)说:好", "客服（工号123）说：好"),
        ("Hello, world! (ok)", "Hello, world! (ok)"),
        ("一共1,299元", "一共1,299元"),
        ("3:中", "3：中"),
        ("①质量差②物流慢", "①质量差②物流慢"),
        ("②30分钟 ½小时 5²", "②30分钟 ½小时 5²"),
    ]);
}

#[test]
fn a_colon_between_digits_is_a_clock_time() {
    check(&[
        ("12：30送到", "12:30送到"),
        ("１２：３０：０１", "12:30:01"),
        ("时间：12:30", "时间：12:30"),
        ("共3：好", "共3：好"),
    ]);
}

#[test]
fn traditional_becomes_simplified_character_by_character() {
    check(&[
        ("足足等了將近一個半小時，飯也涼了", "足足等了将近一个半小时，饭也凉了"),
        ("客服態度惡劣，後來還掛電話", "客服态度恶劣，后来还挂电话"),
        ("不乾淨", "不干净"),
        ("著名", "著名"),
        ("瞭解妳們的藉口", "了解你们的借口"),
        ("為什麼裡面沒有發票", "为什么里面没有发票"),
        ("髮 發 鍾 鐘 麵 面", "发 发 钟 钟 面 面"),
    ]);
}

#[test]
fn nothing_hides_in_a_word_or_a_number() {
    check(&[
        ("138\u{200b}0013\u{feff}8000", "13800138000"),
        ("\u{202e}客服\u{202c}", "客服"),
        ("客\u{ad}服\u{0}", "客服"),
        ("1\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}8", "138"),
        ("\u{feff}你好", "你好"),
        ("好\u{e0041}的", "好的"),
    ]);
}

#[test]
fn white_space_collapses_and_lines_stay() {
    check(&[
        ("  太慢 \t 了  ", "太慢 了"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("一 \n\n\t 二", "一\n二"),
        ("一\u{3000}二\u{a0}三", "一 二 三"),
        ("一\u{2028}二", "一\n二"),
        ("", ""),
        (" \n\t ", ""),
    ]);
}

#[test]
fn emoji_stay() {
    check(&[("真行😡👍🏽", "真行😡👍🏽"), ("❤️好", "❤️好"), ("👨‍👩‍👧来", "👨‍👩‍👧来"), ("好\u{200d}的", "好的"), ("㊗️", "㊗️")]);
}

#[test]
fn a_text_in_form_is_borrowed() {
    for text in ["物流太慢，三天才到。", "Hello, world", "等了 2 个小时\n还没到", ""] {
        assert!(matches!(normalise(text), Cow::Borrowed(_)), "{text:?}");
    }
}

#[test]
fn every_single_character_is_stable() {
    for c in (0..=0x10_ffff).filter_map(char::from_u32) {
        let once = normalise(c.encode_utf8(&mut [0; 4])).into_owned();
        assert_eq!(normalise(&once), once, "from U+{:04X}", u32::from(c));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn idempotent(text in any::<String>()) {
        let once = normalise(&text).into_owned();
        prop_assert_eq!(normalise(&once), once.as_str());
    }

    #[test]
    fn idempotent_on_chinese(text in "[ \n\t\u{3000}，。！？；：（）,.!?;:()\\[\\]【】“”'\"0-9０-９a-zＡ-Ｚ的一乾後麼著客服慢😡\u{fe0f}\u{200d}\u{200b}\u{301}①½é]{0,40}") {
        let once = normalise(&text).into_owned();
        prop_assert_eq!(normalise(&once), once.as_str());
        prop_assert!(!once.contains("  ") && once.trim() == once);
    }

    #[test]
    fn what_is_stored_reads_back_as_itself(text in "[ \n，。！：（）,:()\\[\\]【】0-9０-９a-zA-Z@.京沪客服电话订单号姓名张三一二三八零+-]{0,60}") {
        let stored = mask(&normalise(&text)).into_owned();
        prop_assert_eq!(normalise(&stored), stored.as_str());
        prop_assert_eq!(mask(&stored), stored.as_str());
    }
}
