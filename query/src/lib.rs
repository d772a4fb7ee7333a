//! Typed questions and typed answers over warehouse and index, shared by the HTTP API, the pages and the reports.
//!
//! Never serves HTTP, never writes, and never answers from anything but warehouse and index.

mod attributed;
mod campaigns;
mod cases;
mod causes;
mod commendations;
mod contacts;
mod dead_letters;
mod departments;
mod emerging;
mod error;
mod filters;
mod finder;
mod listed;
mod load;
mod mark;
mod matrix;
mod menus;
mod over_promises;
mod overview;
mod pages;
mod people;
mod promises;
mod quality;
mod record;
mod review;
mod rulings;
mod search;
mod status;
mod trace;
mod views;
mod volumes;
mod weeks;

pub use attributed::{AttributedAnswer, AttributedQuestion, AttributedView, attributed};
pub use campaigns::{CampaignView, CampaignsAnswer, campaigns};
pub use cases::{CallbackView, CaseAnswer, CaseEventView, case};
pub use causes::{Basis, CausesAnswer, CausesBy, CausesQuestion, Group, causes};
pub use commendations::{CommendationPage, CommendationView, PraisedView, commendation, commendations};
pub use contacts::{
    AgentAnswer, BandView, ClearedView, ContactGroupView, ContactsAnswer, ContactsBy, DayLoad, FcrView, PraiseView,
    RatesView, agent, contacts,
};
pub use dead_letters::{DeadLetterItem, DeadLettersAnswer, ReasonCount, dead_letters};
pub use departments::{DepartmentView, DepartmentsAnswer, JudgeView, departments};
pub use emerging::{EmergingAnswer, EmergingView, emerging, emerging_with_terms};
pub use error::QueryError;
pub use filters::{FilterError, Filters};
pub use finder::Finder;
pub use listed::{FollowedQuestion, ListAnswer, ListQuestion, ListedRecord, followed, listed};
pub use matrix::{MatrixAnswer, MatrixRow, matrix};
pub use menus::{MenuNodeView, MenusAnswer, menus};
pub use over_promises::{OverPromisedLaneView, OverPromisesAnswer, over_promises};
pub use overview::{Compared, DepartmentBasis, HoldsOf, OverviewAnswer, WeekSpan, overview};
pub use pages::RecordPages;
pub use people::{MovedView, PeopleAnswer, PraisedNameView, people};
pub use promises::{PromiseGroupView, PromisesAnswer, PromisesBy, WhatIfAnswer, promises, what_if};
pub use quality::{DeadView, QualityAnswer, ReadingView, quality};
pub use record::{CauseView, LaneView, RecordAnswer, VersionsView, record, records};
pub use review::{
    Agreement, AgreementAnswer, LOW_SCORE, ReviewItem, ReviewQueue, agreement, kappa, review_queue, second_look,
};
pub use rulings::{AppealView, CorrectionView, JudgementView};
pub use search::{HitView, SearchQuestion, SearchView, search};
pub use status::{IndexView, StoredAnswer, TableView, stored};
pub use tingjian_attribution::{CAUSES_OF_FACTS, Interval, wilson};
pub use trace::{CallView, ChainView, TraceAnswer, trace};
pub use views::{
    CapabilityView, ContradictionView, Decomposition, DeliveryView, Effort, ExoneratedView, HoldView, LayerView,
    PromiseView, RequestView, Responsible,
};
pub use volumes::{VolumesAnswer, WeekVolumeView, volumes};
pub use weeks::Week;
