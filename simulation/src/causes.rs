//! The 36 causes as the simulated centre meets them: their default owner and how often each occurs.

/// One leaf of the taxonomy.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// `group.leaf`, as in the taxonomy.
    pub(crate) code: &'static str,
    /// Department responsible where no fact says otherwise: the taxonomy's owner.
    pub(crate) owner: &'static str,
    /// Share among contacts that name no order.
    pub(crate) free: u32,
    /// Share among contacts about an order that was on time.
    pub(crate) ordered: u32,
}

impl Leaf {
    /// The part before the dot.
    pub(crate) fn group(&self) -> &'static str {
        self.code.split('.').next().unwrap_or(self.code)
    }
}

/// A leaf by its place in [`LEAVES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Cause(pub(crate) u8);

impl Cause {
    /// The leaf it names.
    pub(crate) fn leaf(self) -> &'static Leaf {
        LEAVES.get(usize::from(self.0)).unwrap_or(&LAST)
    }

    /// The leaf's code.
    pub(crate) fn code(self) -> &'static str {
        self.leaf().code
    }

    /// The cause of that code.
    pub(crate) fn named(code: &str) -> Option<Self> {
        LEAVES.iter().position(|leaf| leaf.code == code).map(|place| Self(place as u8))
    }

    /// Whether lateness of a delivery is what the cause is about, so that facts may move it.
    pub(crate) fn is_delay(self) -> bool {
        DELAYS.contains(&self)
    }
}

pub(crate) const ETA_OVERPROMISE: Cause = Cause(1);
pub(crate) const AGENT_MISQUOTE: Cause = Cause(2);
pub(crate) const CALLBACK_MISSED: Cause = Cause(3);
pub(crate) const PROMO_UNSYNCED: Cause = Cause(4);
pub(crate) const WAREHOUSE_LATE: Cause = Cause(5);
pub(crate) const TRANSIT_DELAY: Cause = Cause(6);
pub(crate) const TRACKING_STALL: Cause = Cause(7);
pub(crate) const LOST: Cause = Cause(8);
pub(crate) const IVR_CONFUSING: Cause = Cause(20);
pub(crate) const REPEAT_CONTACT: Cause = Cause(23);
pub(crate) const DEPT_SLOW: Cause = Cause(25);
pub(crate) const ATTITUDE: Cause = Cause(31);

const DELAYS: [Cause; 5] = [ETA_OVERPROMISE, WAREHOUSE_LATE, TRANSIT_DELAY, TRACKING_STALL, LOST];

const LAST: Leaf = leaf("external.out_of_scope", "无", 26, 0);

const fn leaf(code: &'static str, owner: &'static str, free: u32, ordered: u32) -> Leaf {
    Leaf { code, owner, free, ordered }
}

/// Every leaf in the order of the taxonomy. Rare causes are rare here too, so that a rise of one can be noticed.
pub(crate) const LEAVES: [Leaf; 36] = [
    leaf("promise.ad_exaggeration", "市场", 30, 60),
    leaf("promise.eta_overpromise", "承诺制定方", 26, 0),
    leaf("promise.agent_misquote", "客服培训", 30, 15),
    leaf("promise.callback_missed", "承办部门", 22, 0),
    leaf("promise.promo_unsynced", "市场", 30, 45),
    leaf("fulfil.warehouse_late", "仓储", 13, 0),
    leaf("fulfil.transit_delay", "物流", 28, 0),
    leaf("fulfil.tracking_stall", "物流", 9, 0),
    leaf("fulfil.lost", "物流", 9, 0),
    leaf("fulfil.damaged", "物流", 15, 110),
    leaf("fulfil.wrong_missing", "仓储", 20, 140),
    leaf("fulfil.last_mile", "末端配送", 25, 90),
    leaf("fulfil.onsite_failed", "维修", 40, 10),
    leaf("product.quality", "品控", 75, 210),
    leaf("product.counterfeit", "招商", 12, 40),
    leaf("product.price", "采销定价", 30, 80),
    leaf("product.billing", "财务", 55, 25),
    leaf("product.aftersale", "售后", 45, 90),
    leaf("product.change_impact", "产品", 12, 0),
    leaf("access.long_wait", "客服运营", 50, 0),
    leaf("access.ivr_confusing", "客服技术", 30, 0),
    leaf("access.selfservice_fail", "信息技术", 22, 0),
    leaf("process.endless_transfer", "流程管理", 26, 10),
    leaf("process.repeat_contact", "流程管理", 24, 0),
    leaf("process.no_authority", "客服管理", 15, 8),
    leaf("process.dept_slow", "承办部门", 45, 0),
    leaf("process.misroute", "派单", 10, 0),
    leaf("process.front_back_mismatch", "业务运营", 14, 12),
    leaf("system.outage", "信息技术", 30, 0),
    leaf("system.data_silo", "信息技术", 6, 0),
    leaf("system.kb_gap", "知识管理", 14, 0),
    leaf("people.attitude", "客服班组", 40, 15),
    leaf("people.skill_gap", "培训", 22, 8),
    leaf("people.overload", "客服管理", 8, 0),
    leaf("people.outsource_gap", "外包管理", 6, 0),
    LAST,
];

/// Causes people add to any complaint.
pub(crate) fn second_weight(code: &str) -> u32 {
    match code {
        "people.attitude" => 26,
        "access.long_wait" => 20,
        "product.aftersale" | "product.quality" => 14,
        "process.endless_transfer" => 10,
        "product.price" | "fulfil.damaged" => 8,
        "people.skill_gap" | "process.no_authority" => 6,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_places_hold_the_codes_they_are_named_for() {
        for (cause, code) in [
            (ETA_OVERPROMISE, "promise.eta_overpromise"),
            (AGENT_MISQUOTE, "promise.agent_misquote"),
            (CALLBACK_MISSED, "promise.callback_missed"),
            (PROMO_UNSYNCED, "promise.promo_unsynced"),
            (WAREHOUSE_LATE, "fulfil.warehouse_late"),
            (TRANSIT_DELAY, "fulfil.transit_delay"),
            (TRACKING_STALL, "fulfil.tracking_stall"),
            (LOST, "fulfil.lost"),
            (IVR_CONFUSING, "access.ivr_confusing"),
            (REPEAT_CONTACT, "process.repeat_contact"),
            (DEPT_SLOW, "process.dept_slow"),
            (ATTITUDE, "people.attitude"),
        ] {
            assert_eq!(cause.code(), code);
            assert_eq!(Cause::named(code), Some(cause));
        }
    }

    #[test]
    fn owners_are_those_of_the_shipped_taxonomy() {
        let file: toml::Table = toml::from_str(include_str!("../../schemas/taxonomy.toml")).unwrap();
        let causes = file["cause"].as_array().unwrap();
        assert_eq!(causes.len(), LEAVES.len());
        for (shipped, ours) in causes.iter().zip(&LEAVES) {
            assert_eq!((shipped["code"].as_str(), shipped["owner"].as_str()), (Some(ours.code), Some(ours.owner)));
        }
    }
}
