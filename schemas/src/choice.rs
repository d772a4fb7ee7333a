//! The closed lists of values that events choose from, and their public names.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Kind;

/// A name that is none of a closed list's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {list} {name:?}; known: {known}")]
pub struct UnknownChoice {
    /// Which list.
    pub list: &'static str,
    /// What was asked for.
    pub name: String,
    /// The names there are.
    pub known: String,
}

/// Writes an enum whose variants have a public name each, which JSON, stored rows and messages share.
macro_rules! choices {
    ($(#[$doc:meta])* $list:ident, $what:literal: $($(#[$variant_doc:meta])* $variant:ident = $name:literal,)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[schemars(inline)]
        pub enum $list {
            $($(#[$variant_doc])* #[serde(rename = $name)] $variant,)+
        }

        impl $list {
            /// Every value with its name.
            pub const NAMED: &'static [(&'static str, Self)] = &[$(($name, Self::$variant),)+];

            /// The name in JSON and in stored rows.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $list {
            type Err = UnknownChoice;

            fn from_str(name: &str) -> Result<Self, UnknownChoice> {
                Self::NAMED.iter().find(|(n, _)| *n == name).map(|(_, value)| *value).ok_or_else(|| UnknownChoice {
                    list: $what,
                    name: name.to_owned(),
                    known: Self::NAMED.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

choices! {
    /// Who or what made a promise.
    PromiseMaker, "maker of a promise":
    /// An advertisement or a campaign.
    Advert = "advert",
    /// A product or order page.
    Page = "page",
    /// An internal standard that agents quote.
    InternalStandard = "internal_standard",
    /// An agent, to one customer.
    Agent = "agent",
    /// An agent who will call back.
    Callback = "callback",
}

choices! {
    /// A step in the life of a case.
    CaseStep, "step of a case":
    /// The case begins.
    Opened = "opened",
    /// A department was given it.
    Assigned = "assigned",
    /// It waits for the customer.
    WaitingCustomer = "waiting_customer",
    /// The customer has answered.
    Resumed = "resumed",
    /// Someone called the customer back.
    FollowUp = "follow_up",
    /// The matter is solved; stops the clock.
    Resolved = "resolved",
    /// It was not solved; starts the clock again.
    Reopened = "reopened",
    /// Done with; stops the clock.
    Closed = "closed",
}

choices! {
    /// 判责的结论.
    Verdict, "verdict":
    /// 有责.
    Responsible = "responsible",
    /// 部分有责.
    Partly = "partly",
    /// 无责.
    NotResponsible = "not_responsible",
    /// 不可抗力.
    ForceMajeure = "force_majeure",
    /// 待定.
    Pending = "pending",
}

/// The kinds with their names, as decoding needs them.
pub(crate) const KINDS: &[(&str, Kind)] = &[
    (Kind::Complaint.name(), Kind::Complaint),
    (Kind::Commendation.name(), Kind::Commendation),
    (Kind::Inquiry.name(), Kind::Inquiry),
    (Kind::Suggestion.name(), Kind::Suggestion),
    (Kind::Other.name(), Kind::Other),
];
