//! The word before a number that says what the number is.

/// What a word says of the number after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// 工号: staff, kept.
    Staff,
    /// 订单号 and the like.
    Order,
    /// 电话 and the like.
    Phone,
    /// 微信, QQ, 账号 and the like.
    Account,
    /// 身份证, 护照 and the like.
    Document,
    /// 卡号 and the like.
    Card,
}

/// Longer before shorter where one ends with the other.
const CUES: &[(Cue, &[&str])] = &[
    (Cue::Staff, &["工号", "员工编号", "员工号", "坐席号", "客服编号", "客服代码"]),
    (
        Cue::Order,
        &[
            "单号",
            "订单编号",
            "订单号码",
            "单编号",
            "工单编号",
            "订单",
            "运单",
            "工单",
            "流水号",
            "交易号",
            "凭证号",
            "受理编号",
            "受理号",
            "投诉编号",
            "案件编号",
            "编号",
            "取件码",
            "提货码",
            "券码",
            "核销码",
            "包裹号",
            "追踪号",
            "票号",
            "发票号码",
            "合同号",
            "保单号码",
            "快递号",
            "快件号",
        ],
    ),
    (
        Cue::Phone,
        &[
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "电话号",
            "座机",
            "座机号",
            "固话",
            "联系方式",
            "号码",
            "致电",
            "拨打",
            "来电",
            "回电",
            "热线",
            "传真",
            "tel",
            "phone",
            "mobile",
        ],
    ),
    (
        Cue::Account,
        &[
            "微信",
            "微信号",
            "微信号码",
            "威信",
            "薇信",
            "wx",
            "vx",
            "weixin",
            "wechat",
            "qq",
            "qq号",
            "qq号码",
            "qq群",
            "扣扣",
            "扣扣号",
            "账号",
            "帐号",
            "账户",
            "帐户",
            "账户名",
            "会员号",
            "会员卡号",
            "会员id",
            "用户名",
            "用户id",
            "用户号",
            "户号",
            "客户号",
            "客户编号",
            "支付宝",
            "支付宝号",
            "淘宝号",
            "淘宝id",
            "旺旺",
            "旺旺号",
            "宽带号",
            "学号",
            "病历号",
            "门诊号",
            "就诊卡号",
            "社保号",
            "社保卡号",
            "医保卡号",
            "燃气号",
            "水表号",
            "电表号",
        ],
    ),
    (
        Cue::Document,
        &[
            "身份证",
            "身份证号",
            "身份证号码",
            "证件号",
            "证件号码",
            "护照",
            "护照号",
            "护照号码",
            "通行证",
            "通行证号",
            "驾驶证",
            "驾驶证号",
            "驾照号",
            "军官证",
            "军官证号",
            "证号",
        ],
    ),
    (Cue::Card, &["卡号", "银行卡", "银行卡号", "信用卡", "信用卡号", "储蓄卡", "储蓄卡号", "借记卡", "借记卡号"]),
];

/// The cue that ends `before`, not counting `：`, spaces, 是 and 为 between it and the number.
pub(super) fn before(before: &str) -> Option<Cue> {
    let last = before.chars().next_back()?;
    if last.is_ascii_digit() {
        return None;
    }
    let said = before.trim_end_matches([' ', ':', '：', '是', '为', '=', '#', '(', '（', '“', '"', '[', '【', '「']);
    // A token just put in ends with 】 and is not trimmed above, so what it names is no cue for what follows it.
    let last = said.chars().next_back()?;
    if !CUE_ENDS.contains(&last.to_ascii_lowercase()) {
        return None;
    }
    let mut best: Option<(usize, Cue)> = None;
    for &(cue, words) in CUES {
        for word in words {
            if ends_with(said, word) && best.is_none_or(|(length, _)| word.len() > length) {
                best = Some((word.len(), cue));
            }
        }
    }
    best.map(|(_, cue)| cue)
}

/// Every character that a cue ends with: most texts are done after one look.
const CUE_ENDS: &[char] = &[
    '号', '码', '单', '话', '机', '式', '电', '打', '线', '真', '信', 'l', 'e', 'x', 'n', 't', 'q', '群', '扣', '户',
    '名', 'd', '宝', '旺', '证', '照', '卡', '话',
];

fn ends_with(text: &str, word: &str) -> bool {
    let Some(tail) = text.len().checked_sub(word.len()).and_then(|from| text.get(from..)) else { return false };
    if !tail.eq_ignore_ascii_case(word) {
        return false;
    }
    // “iphone 12”, “hotel 302”: a Latin cue stands for itself only.
    let before = text.get(..text.len() - word.len()).and_then(|head| head.chars().next_back());
    !(word.starts_with(|c: char| c.is_ascii_alphabetic()) && before.is_some_and(|c| c.is_ascii_alphanumeric()))
}
