//! Training and model files through the public door, on rows written for this test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

use std::sync::LazyLock;

use tingjian_analysis::{
    Analyser, Context, ModelChoice, Options,
    learn::{
        CauseRow, Model, ModelError, Purpose, Router, TrainError, TrainOptions, UnitRow, train_causes, train_units,
    },
};
use tingjian_schemas::{Kind, Taxonomy};

static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::shipped().expect("valid"));
static PLAIN: LazyLock<Analyser> = LazyLock::new(|| {
    Analyser::new(&TAXONOMY, &Options { model: ModelChoice::Rules, ..Options::default() }).expect("rules compile")
});

fn row(text: String, kind: Kind, causes: &[&str]) -> CauseRow {
    CauseRow {
        text,
        kind,
        causes: causes.iter().map(|c| (*c).to_owned()).collect(),
        praised: false,
        abuse: false,
        input: 0,
    }
}

fn rows() -> Vec<CauseRow> {
    let foods = [
        "米粉", "饺子", "烤鱼", "豆浆", "炒饭", "奶茶", "披萨", "寿司", "凉面", "鸡排", "馄饨", "牛排", "薯条", "粥",
        "汉堡",
    ];
    let mut rows = Vec::new();
    for food in foods {
        rows.push(row(format!("{food}等了两个小时才送来"), Kind::Complaint, &["fulfil.transit_delay"]));
        rows.push(row(format!("{food}又咸又硬真难吃"), Kind::Complaint, &["product.quality"]));
        rows.push(row(format!("{food}很好吃下次还来"), Kind::Commendation, &[]));
        rows.push(row(format!("请问{food}怎么订"), Kind::Inquiry, &[]));
    }
    rows
}

fn options() -> TrainOptions {
    TrainOptions { folds: 3, least_rows: 1, ..TrainOptions::default() }
}

fn trained() -> Vec<u8> {
    train_causes(&PLAIN, &TAXONOMY, &rows(), &options()).expect("enough rows").model.to_bytes()
}

#[test]
fn a_trained_model_tells_new_texts_apart() {
    let model = ModelChoice::File(trained());
    let analyser = Analyser::new(&TAXONOMY, &Options { model, ..Options::default() }).expect("fits");
    let first = |text: &str| analyser.read(text, &Context::default()).causes.first().map(|c| c.code.to_string());
    assert_eq!(first("面包等了三个小时才送来").as_deref(), Some("fulfil.transit_delay"));
    assert_eq!(first("面包又咸又硬真难吃").as_deref(), Some("product.quality"));
    assert_eq!(analyser.read("面包很好吃下次还来", &Context::default()).kind, Kind::Commendation);
    assert!(!analyser.versions().model.is_empty());
}

#[test]
fn which_cause_is_the_primary_one_is_learnt_from_the_order_of_labels() {
    let foods = ["米粉", "饺子", "烤鱼", "豆浆", "炒饭", "奶茶", "披萨", "寿司", "凉面", "鸡排", "馄饨", "牛排"];
    let (slow, bad) = ("fulfil.transit_delay", "product.quality");
    let mut rows = rows();
    for food in foods {
        rows.push(row(format!("{food}等了两个小时才送来，又咸又硬真难吃"), Kind::Complaint, &[slow, bad]));
        rows.push(row(format!("{food}又咸又硬真难吃，等了两个小时才送来"), Kind::Complaint, &[bad, slow]));
    }
    let trained = train_causes(&PLAIN, &TAXONOMY, &rows, &options()).expect("enough rows").model.to_bytes();
    let model = ModelChoice::File(trained);
    let analyser = Analyser::new(&TAXONOMY, &Options { model, ..Options::default() }).expect("fits");
    let causes = |text: &str| -> Vec<String> {
        analyser.read(text, &Context::default()).causes.iter().map(|c| c.code.to_string()).collect()
    };
    assert_eq!(causes("面包等了三个小时才送来，又咸又硬真难吃"), [slow, bad]);
    assert_eq!(causes("面包又咸又硬真难吃，等了三个小时才送来"), [bad, slow]);
}

#[test]
fn training_twice_gives_the_same_bytes() {
    assert_eq!(trained(), trained());
}

#[test]
fn a_model_file_reads_back_and_every_damage_has_its_word() {
    let bytes = trained();
    let model = Model::from_bytes(&bytes, Purpose::Cause).expect("its own file");
    assert_eq!(model.to_bytes(), bytes);
    let refused = |bytes: &[u8]| Model::from_bytes(bytes, Purpose::Cause).expect_err("refused");
    assert_eq!(refused(b""), ModelError::NotAModel);
    assert_eq!(refused(b"PK\x03\x04 some other file"), ModelError::NotAModel);
    let mut other = bytes.clone();
    other[8] = 99;
    assert_eq!(refused(&other), ModelError::OtherFormat { found: 99 });
    for length in [8, 11, 15, 40, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(refused(&bytes[..length]), ModelError::Truncated { .. }), "{length}");
    }
    let mut flipped = bytes.clone();
    let last = flipped.len() - 100;
    flipped[last] ^= 1;
    assert_eq!(refused(&flipped), ModelError::Damaged);
    let wrong = Model::from_bytes(&bytes, Purpose::Unit).expect_err("tells causes");
    assert!(wrong.to_string().contains("cause"), "{wrong}");
}

#[test]
fn unusable_rows_are_refused_in_words() {
    let refused = |rows: &[CauseRow]| train_causes(&PLAIN, &TAXONOMY, rows, &options()).expect_err("refused");
    assert!(matches!(refused(&rows()[..5]), TrainError::TooFewRows { rows: 5, .. }));
    let mut unknown = rows();
    unknown[7].causes = vec!["fulfil.nonsense".to_owned()];
    let error = refused(&unknown);
    assert_eq!(error, TrainError::UnknownCause { row: 8, code: "fulfil.nonsense".to_owned() });
    assert!(error.to_string().contains("row 8"));
    let mut empty = rows();
    empty[3].text = "  ".to_owned();
    assert_eq!(refused(&empty), TrainError::EmptyText { row: 4 });
    let same: Vec<CauseRow> = rows().into_iter().filter(|r| r.kind == Kind::Inquiry).cycle().take(60).collect();
    assert!(matches!(refused(&same), TrainError::OneClass(_)));
}

#[test]
fn a_taxonomy_without_a_label_of_the_model_is_an_error() {
    let mut smaller = TAXONOMY.clone();
    smaller.causes.retain(|c| &*c.code != "fulfil.transit_delay");
    let options = Options { model: ModelChoice::File(trained()), ..Options::default() };
    let error = Analyser::new(&smaller, &options).err().expect("refused").to_string();
    assert!(error.contains("fulfil.transit_delay"), "{error}");
}

#[test]
fn a_router_sends_tickets_to_their_units() {
    let streets = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let mut rows: Vec<UnitRow> = Vec::new();
    for street in streets {
        rows.push(UnitRow {
            text: format!("长安{street}路路灯不亮，请核实处理"), unit: "路灯所".into()
        });
        rows.push(UnitRow { text: format!("长安{street}路公交车不停站"), unit: "公交集团".into() });
        rows.push(UnitRow { text: format!("长安{street}路自来水停水"), unit: "水务公司".into() });
        rows.push(UnitRow { text: format!("长安{street}路流动商贩占道"), unit: "城管局".into() });
        rows.push(UnitRow { text: format!("长安{street}路小学招生咨询"), unit: "教育局".into() });
    }
    rows.push(UnitRow { text: "海上有船遇险".into(), unit: "海事局".into() });
    let trained = train_units(&PLAIN, &rows, &options()).expect("enough rows");
    assert_eq!(trained.left_out, ["海事局"]);
    let router = Router::from_bytes(&trained.model.to_bytes()).expect("its own file");
    let ticket = PLAIN.parse("人民路的路灯坏了不亮", &Context::default());
    let units = router.route(&ticket.text, 3);
    assert_eq!(units.len(), 3);
    assert_eq!(units[0].0, "路灯所");
    assert!(units[0].1 >= units[1].1);
    assert!(router.route("", 3).len() <= 3);
    assert!(Router::from_bytes(&self::trained()).is_err());
}

#[test]
fn the_shipped_model_was_trained_with_the_shipped_rules() {
    let analyser = Analyser::new(&TAXONOMY, &Options::default()).expect("shipped files fit");
    let shipped = Model::from_bytes(include_bytes!("../model/default.bin"), Purpose::Cause).expect("readable");
    assert_eq!(shipped.header.rules, &*analyser.versions().rules, "rules changed: train the shipped model again");
}
