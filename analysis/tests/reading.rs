//! Behaviour of the analyser through its public door: kinds, causes, praise, evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::{sync::LazyLock, time::Instant};

use proptest::prelude::*;
use tingjian_analysis::{Analyser, Context, ModelChoice, Options};
use tingjian_schemas::{Kind, Reading, Taxonomy};

static SHIPPED: LazyLock<Analyser> = LazyLock::new(|| analyser(ModelChoice::Shipped));
static RULES: LazyLock<Analyser> = LazyLock::new(|| analyser(ModelChoice::Rules));

fn analyser(model: ModelChoice) -> Analyser {
    let taxonomy = Taxonomy::shipped().expect("the shipped taxonomy is valid");
    Analyser::new(&taxonomy, &Options { model, ..Options::default() }).expect("shipped rules and model fit")
}

fn read(text: &str) -> Reading {
    SHIPPED.read(text, &Context::default())
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading.causes.iter().map(|c| &*c.code).collect()
}

/// The texts state exactly what must be read first, with the model and without.
#[test]
fn plain_statements_name_their_cause() {
    let table = [
        ("配送太慢了，等了两个小时才送到", "fulfil.transit_delay"),
        ("下单一周了还没发货，仓库一直不出库", "fulfil.warehouse_late"),
        ("显示已签收，可是我根本没收到", "fulfil.tracking_stall"),
        ("汤全洒了，袋子里到处都是", "fulfil.damaged"),
        ("我要的是大份，送来的是小份，发错了", "fulfil.wrong_missing"),
        ("快递员不送上楼，打电话态度还很凶", "fulfil.last_mile"),
        ("菜很难吃，肉不新鲜", "product.quality"),
        ("一看就是假货，根本不是正品", "product.counterfeit"),
        ("刚买完第二天就降价，价格太坑", "product.price"),
        ("押金不退，还多收了一百块手续费", "product.billing"),
        ("申请退款半个月了还不给退", "product.aftersale"),
        ("客服电话一直打不通，没人接", "access.long_wait"),
        ("客服和商家互相推诿，踢皮球", "process.endless_transfer"),
        ("服务员态度恶劣，爱理不理", "people.attitude"),
        ("小区又停电了，经常停电", "system.outage"),
        ("宣传图片和实物完全不一样，虚假宣传", "promise.ad_exaggeration"),
        ("说好的赠品没有送，赠品呢", "promise.promo_unsynced"),
    ];
    let mut wrong = Vec::new();
    for (text, code) in table {
        for (name, analyser) in [("shipped", &*SHIPPED), ("rules", &*RULES)] {
            let reading = analyser.read(text, &Context::default());
            if !codes(&reading).contains(&code) {
                wrong.push(format!("{name}: {text}: {:?} instead of {code}", codes(&reading)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn contrast_praises_one_and_blames_another() {
    let reading = read("客服态度很好，就是物流太慢");
    assert!(codes(&reading).contains(&"fulfil.transit_delay"), "{:?}", codes(&reading));
    assert!(!codes(&reading).contains(&"people.attitude"));
    assert!(reading.praised);
}

#[test]
fn negation_and_double_negation_turn_what_they_reach() {
    let attitude =
        |text: &str| RULES.read(text, &Context::default()).causes.iter().any(|c| &*c.code == "people.attitude");
    assert!(attitude("服务员不热情"));
    assert!(attitude("前台态度不好"));
    assert!(!attitude("服务员很热情"));
    assert!(!attitude("前台不是不热情"));
}

#[test]
fn wishes_and_conditions_are_not_what_happened() {
    let delayed =
        |text: &str| RULES.read(text, &Context::default()).causes.iter().any(|c| &*c.code == "fulfil.transit_delay");
    assert!(delayed("配送太慢"));
    assert!(!delayed("如果配送太慢我就不买了"));
}

#[test]
fn kinds_follow_the_dominant_purpose() {
    let table = [
        ("市民来电表扬：窗口工作人员耐心热情，故来电表扬", Kind::Commendation),
        ("东西很好，物流很快，非常满意，还会再来", Kind::Commendation),
        ("市民来电咨询：办理居住证需要什么材料的问题", Kind::Inquiry),
        ("等了三个小时还没送到，太差劲了", Kind::Complaint),
    ];
    for (text, kind) in table {
        assert_eq!(read(text).kind, kind, "{text}");
    }
}

#[test]
fn a_thank_you_names_no_cause() {
    let reading = read("市民来电表扬：其上次投诉公交车到站不停，司机今天主动道歉，服务态度很好，故来电表扬");
    assert_eq!(reading.kind, Kind::Commendation);
    assert!(reading.praised);
}

#[test]
fn insults_to_people_are_told_from_blame_of_things() {
    assert!(read("送餐的傻逼，骂人还理直气壮，畜生一样").abuse);
    assert!(read("等了半天没人管，你们客服脑残吧").abuse);
    assert!(!read("这菜太难吃了，咸得要命").abuse);
    assert!(!read("屏幕眼看着就坏了，质量真差").abuse);
    for text in [
        "你们客服是不是弱智啊",
        "这个快递员真缺德，把我的箱子扔了",
        "他妈的你们到底管不管",
        "接电话的那位 sb 一个",
        "尼玛，老子等了一下午",
        "烂客服，下次不来了",
        "电话打了三遍，连个屁也不放",
        "草 他 妈，退个款要一个月",
        "接电话的是个傻 逼",
        "还舔着脸让我点确认收货",
        "大哥，这智商就别送外卖了",
    ] {
        assert!(read(text).abuse, "{text}");
    }
    for text in [
        "狗屁品牌，用了一周就坏",
        "面里还特么有头发",
        "我跟傻逼似的在楼下等了一个小时",
        "妈的，又断网了",
        "客服让我自己操作",
        "卧槽，这也太贵了",
        "买回来一堆流氓软件，像流氓软件一样删不掉",
        "送货员这态度，催了两遍还使脸色",
    ] {
        assert!(!read(text).abuse, "{text}");
    }
}

#[test]
fn evidence_is_where_the_text_says_so() {
    let text = "酒店位置不错，早餐也丰富，就是前台态度太恶劣，另外停车方便";
    let reading = read(text);
    let cause = reading.causes.iter().find(|c| &*c.code == "people.attitude").expect("named");
    let chars: Vec<char> = reading.text.chars().collect();
    let shown: String = cause.evidence.iter().flat_map(|s| &chars[s.start as usize..s.end as usize]).collect();
    assert!(shown.contains("态度太恶劣"), "{shown}");
    assert!(!shown.contains("停车方便"), "{shown}");
}

#[test]
fn every_cause_has_its_owner() {
    let taxonomy = Taxonomy::shipped().expect("valid");
    let reading = read("配送太慢了，汤也洒了，客服还打不通");
    assert!(!reading.causes.is_empty());
    for cause in &reading.causes {
        assert_eq!(Some(&cause.department), taxonomy.owner(&cause.code));
    }
}

#[test]
fn what_says_nothing_names_nothing() {
    for text in ["", " ", "\n\n", "😀😀😀", "。。。。", "\u{200f}\u{200e}", "12345"] {
        let reading = read(text);
        assert!(reading.causes.iter().all(|c| !c.evidence.is_empty()), "{text:?}");
        assert!(!reading.praised && !reading.abuse, "{text:?}");
    }
}

#[test]
fn long_texts_stay_quick() {
    let mixed = "客服说好今天送到，结果快递又慢又贵，前台态度差，退款也不给退。".repeat(800);
    for text in ["哈".repeat(21_845), "差，".repeat(10_000), mixed] {
        let text: String = text.chars().take(21_845).collect();
        read("预热");
        let best = (0..3)
            .map(|_| {
                let started = Instant::now();
                let reading = read(&text);
                assert!(reading.causes.len() <= 3);
                started.elapsed()
            })
            .min()
            .expect("three runs");
        // Built for tests and on a busy machine it may take ten times its 50 ms.
        assert!(best.as_millis() < 500, "{best:?} for {} bytes", text.len());
    }
}

#[test]
fn an_explanation_tells_clauses_rules_and_labels() {
    let explanation = SHIPPED.explain("客服态度很好，但是物流太慢，等了两天", &Context::default());
    assert_eq!(explanation.clauses.len(), 3);
    assert!(explanation.clauses.iter().any(|c| c.frame.contains(&"转折")));
    assert!(explanation.rules.iter().any(|r| r.label == "fulfil.transit_delay"));
    let shown = explanation.to_string();
    for part in ["分句", "命中规则", "fulfil.transit_delay"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

proptest! {
    #[test]
    fn never_panics_and_spans_lie_inside(
        text in "(\\PC|[配送慢不好但客服态度差退款，。？：\n 0-9a-zA-Z]){0,80}"
    ) {
        for analyser in [&*SHIPPED, &*RULES] {
            let reading = analyser.read(&text, &Context::default());
            let length = reading.text.chars().count() as u32;
            prop_assert!(reading.causes.len() <= 3);
            prop_assert_eq!(reading.actual_min.is_some(), reading.actual_open.is_some());
            for cause in &reading.causes {
                prop_assert!((0.0..=1.0).contains(&cause.score));
                prop_assert!(!cause.evidence.is_empty());
                prop_assert!(cause.evidence.iter().all(|s| s.start < s.end && s.end <= length));
            }
        }
    }

    #[test]
    fn reading_is_a_function(text in "[配送慢不好但客服态度差退款，。？]{0,60}") {
        let (a, b) = (read(&text), read(&text));
        prop_assert_eq!(a, b);
    }
}
