//! The phone menu as a tree: where callers end, give up, or come round again.

use serde::Serialize;
use tingjian_attribution::EffortRates;
use tingjian_warehouse::{MenuPlace, Span, Warehouse};
use utoipa::ToSchema;

use crate::QueryError;

/// Every place of the menu that calls reached; a place's parent is its path without the last name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MenusAnswer {
    /// In the order of paths, so that a place stands after its parent.
    pub nodes: Vec<MenuNodeView>,
    /// Where calls ended that cost their callers most: minutes waited and pressed per call; of at least 10 calls, where any has as many.
    pub worst: Option<MenuNodeView>,
}

/// One place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MenuNodeView {
    /// Names from the root.
    pub path: Vec<String>,
    /// Calls that passed it or ended at it.
    pub calls: u64,
    /// Calls that ended at it.
    pub ended: u64,
    /// Of these without having spoken to anybody.
    pub gave_up: u64,
    /// Of these having come round to some place twice.
    pub looped: u64,
    /// Key presses of these.
    pub presses: u64,
    /// Minutes these waited and pressed keys.
    pub lost_min: f64,
}

/// Calls that ended at a place, from which on it can be the worst.
const LEAST: u64 = 10;

/// The phone menu over a span of time.
///
/// # Errors
/// The warehouse is away.
pub async fn menus(warehouse: &Warehouse, span: Span) -> Result<MenusAnswer, QueryError> {
    let rates = EffortRates::default();
    let nodes: Vec<MenuNodeView> = warehouse.menu_places(span).await?.into_iter().map(|p| view(p, &rates)).collect();
    Ok(MenusAnswer { worst: worst(&nodes).cloned(), nodes })
}

fn view(place: MenuPlace, rates: &EffortRates) -> MenuNodeView {
    let seconds = place.waited_s * u64::from(rates.wait_permille) / 1000 + place.pressed * u64::from(rates.press_s);
    MenuNodeView {
        path: place.path,
        calls: place.calls,
        ended: place.ended,
        gave_up: place.gave_up,
        looped: place.looped,
        presses: place.pressed,
        lost_min: seconds as f64 / 60.0,
    }
}

fn worst(nodes: &[MenuNodeView]) -> Option<&MenuNodeView> {
    let per_call = |node: &MenuNodeView| node.lost_min / node.ended as f64;
    let pick = |least: u64| {
        let ended = nodes.iter().filter(|node| node.ended >= least);
        ended.min_by(|a, b| per_call(b).total_cmp(&per_call(a)).then_with(|| a.path.cmp(&b.path)))
    };
    pick(LEAST).or_else(|| pick(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, ended: u64, lost_min: f64) -> MenuNodeView {
        MenuNodeView { path: vec![name.into()], calls: ended, ended, lost_min, ..MenuNodeView::default() }
    }

    #[test]
    fn the_worst_place_costs_most_per_call() {
        let check = |nodes: &[MenuNodeView], expected: Option<&str>| {
            assert_eq!(worst(nodes).map(|node| node.path[0].as_str()), expected, "{nodes:?}");
        };
        check(&[], None);
        check(&[node("a", 0, 0.0)], None);
        check(&[node("a", 100, 300.0), node("b", 10, 100.0)], Some("b"));
        check(&[node("a", 100, 300.0), node("b", 9, 100.0)], Some("a"));
        check(&[node("a", 2, 4.0), node("b", 1, 3.0)], Some("b"));
        check(&[node("b", 20, 40.0), node("a", 20, 40.0)], Some("a"));
    }
}
