//! What was said last week, and what became of it.

use tingjian_schemas::Taxonomy;

use crate::{
    Cause, Followed, FollowedItem, Said, WeekAnswers,
    compose::{followed_item, name_of},
};

/// Causes and lanes followed, where nothing was published: as many as a reader looks at first.
const FOLLOWED: usize = 5;

/// Each cause and lane that last week's report named. Where none was published, those it would have named by the same rule.
pub(crate) fn follow(answers: &WeekAnswers, causes: &[Cause], taxonomy: &Taxonomy) -> Followed {
    let now_of = |code: &str| causes.iter().find(|cause| cause.code == code).map_or(0, |cause| cause.records);
    let lane_now = |lane: &str| answers.lanes.iter().find(|l| l.lane == lane).map_or(0, |lane| lane.records);
    let cause = |code: &str, then| followed_item(code, name_of(code, taxonomy), then, now_of(code));
    let lane = |name: &str, then| followed_item(name, name.to_owned(), then, lane_now(name));
    let told = |pairs: &[(String, u64)], item: &dyn Fn(&str, u64) -> FollowedItem| {
        pairs.iter().map(|(key, then)| item(key, *then)).collect::<Vec<_>>()
    };
    let said = match &answers.said {
        Some(said) => said.clone(),
        None => recomputed(answers),
    };
    let is_published = answers.said.is_some();
    Followed {
        causes: told(&said.causes, &cause),
        lanes: told(&said.lanes, &lane),
        sha256: is_published.then_some(said.sha256),
        sentence: is_published.then_some(said.sentence),
    }
}

/// What last week's report would have named, worked out from today's data.
fn recomputed(answers: &WeekAnswers) -> Said {
    let causes = answers.causes_before.iter().take(FOLLOWED).map(|c| (c.code.clone(), c.records)).collect();
    let mut lanes: Vec<(String, u64)> =
        answers.lanes_before.iter().map(|lane| (lane.lane.clone(), lane.records)).collect();
    lanes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    lanes.truncate(FOLLOWED);
    Said { sha256: String::new(), sentence: String::new(), causes, lanes }
}
