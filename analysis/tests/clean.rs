//! What of a text is read; the text itself stays whole.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use proptest::prelude::*;
use tingjian_analysis::readable;

fn read(text: &str) -> String {
    readable(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>().join("|")
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(read(text), *expected, "{text}");
    }
}

#[test]
fn tails_are_left_out() {
    check(&[
        ("物流太慢了。发自我的iPhone", "物流太慢了。"),
        ("物流太慢了。\nSent from my iPhone", "物流太慢了。\n"),
        ("快递三天没动！【来自我的小米手机】", "快递三天没动！【"),
        ("衣服破了，要求退货。关注公众号领十元红包，退订回T", "衣服破了，要求退货。"),
        ("客服不理人。免责声明：本文不代表平台立场", "客服不理人。"),
        ("发件人：张经理\n主题：转发：投诉\n空调坏了没人修", "\n|\n空调坏了没人修"),
    ]);
}

#[test]
fn what_a_customer_says_of_such_things_is_read() {
    check(&[
        ("说是关注公众号就有赠品，结果没有", "说是关注公众号就有赠品，结果没有"),
        ("短信一直发，退订回T也没用", "短信一直发，退订回T也没用"),
        ("他发自我的手机号", "他发自我的手机号"),
        ("关注公众号", "关注公众号"),
        ("", ""),
    ]);
}

#[test]
fn a_reply_of_the_business_is_not_the_customer() {
    check(&[
        ("房间很小。宾馆反馈2008年5月1日：尊敬的宾客您好，感谢您的意见。", "房间很小。"),
        (
            "早餐难吃。酒店回复：抱歉。补充点评2008年5月2日：电视也坏了。",
            "早餐难吃。|补充点评2008年5月2日：电视也坏了。",
        ),
    ]);
}

#[test]
fn a_fixed_instruction_is_no_feedback() {
    check(&[
        ("公交一直不来，请核实处理！（请职能局按规定在30分钟内联系市民，响应处置）", "公交一直不来，请核实处理！"),
        ("等车一个小时（30分钟紧急办件）。谢谢", "等车一个小时|。谢谢"),
        ("没有响应处置我的投诉", "没有响应处置我的投诉"),
        ("街道办（城东）没有响应处置我的投诉", "街道办（城东）没有响应处置我的投诉"),
    ]);
}

#[test]
fn a_paste_is_read_once() {
    let said = "我在你们店里买的洗衣机送来就是坏的，打电话没有人管。";
    let filler = "第一次打电话说查一下，第二次说已经登记，第三次干脆不接，真的没有见过这样处理问题的商家，以后再也不会来了，希望平台好好管一管这种不负责任的店铺。";
    let text = format!("{said}{filler}{said}");
    assert_eq!(read(&text), format!("{said}{filler}"));
    assert_eq!(read(&format!("{said}{said}")), format!("{said}{said}"), "short texts are read whole");
}

#[test]
fn a_unit_repeated_on_end_is_read_a_few_times() {
    for unit in ["哈", "垃圾", "差评！", "退钱退钱快"] {
        let text = format!("太慢了{}再也不来", unit.repeat(4000));
        let read: usize = readable(&text).iter().map(|r| text[r.clone()].chars().count()).sum();
        assert!(read < 60, "{unit}: {read}");
        assert!(readable(&text).first().is_some_and(|r| text[r.clone()].starts_with("太慢了")));
        assert!(readable(&text).last().is_some_and(|r| text[r.clone()].ends_with("再也不来")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_in_order_and_on_borders(pieces in proptest::collection::vec(prop_oneof![
        "\\PC{0,20}", "(哈|慢){0,200}", Just("宾馆反馈2008年：".to_owned()), Just("补充点评".to_owned()), Just("发自我的".to_owned()),
        Just("（请职能局".to_owned()), Just("响应处置）".to_owned()), "[。！？\n（）()]{0,3}", Just("发件人：".to_owned()),
        Just("快递三天没有动静打电话没有人接真是太差了。".to_owned()),
    ], 0..12)) {
        let text = pieces.concat();
        let ranges = readable(&text);
        let mut at = 0;
        for range in &ranges {
            prop_assert!(range.start >= at && range.end > range.start && text.get(range.clone()).is_some());
            at = range.end;
        }
        prop_assert!(at <= text.len());
        prop_assert_eq!(ranges.is_empty(), text.is_empty());
    }
}

#[test]
fn linear_time() {
    for unit in [
        "哈",
        "（",
        "响应处置",
        "（响应处置",
        "宾馆反馈",
        "。宾馆反馈",
        "。发自我的",
        "快递三天没有动静打电话没有人接真是太差了。",
    ] {
        let text = unit.repeat(64 * 1024 / unit.len());
        let start = std::time::Instant::now();
        assert!(!readable(&text).is_empty());
        assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
    }
}
