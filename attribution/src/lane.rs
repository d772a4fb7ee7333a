//! Lanes: their names, their wider families, and which a standing promise is for.

use tingjian_schemas::Lane;

/// `origin→destination/carrier/service`, as the warehouse writes it; an unknown part is empty.
pub fn lane_name(lane: &Lane) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("{}→{}/{}/{}", part(&lane.origin), part(&lane.destination), part(&lane.carrier), part(&lane.service))
}

/// The lane without its destination.
pub(crate) fn without_destination(lane: &Lane) -> Lane {
    Lane { destination: None, ..lane.clone() }
}

/// Carrier and service alone.
pub(crate) fn carrier_and_service(lane: &Lane) -> Lane {
    Lane { origin: None, destination: None, ..lane.clone() }
}

/// The lanes a standing promise may be for if it is to stand on `lane`: itself, and each with some of its parts left
/// open. A promise that names the carrier only stands on all its lanes.
pub(crate) fn covering(lane: &Lane) -> Vec<Lane> {
    let choices = |part: &Option<String>| match part {
        Some(name) => vec![Some(name.clone()), None],
        None => vec![None],
    };
    let mut all = Vec::with_capacity(16);
    for origin in choices(&lane.origin) {
        for destination in choices(&lane.destination) {
            for carrier in choices(&lane.carrier) {
                for service in choices(&lane.service) {
                    all.push(Lane {
                        origin: origin.clone(),
                        destination: destination.clone(),
                        carrier: carrier.clone(),
                        service,
                    });
                }
            }
        }
    }
    all.retain(|lane| *lane != Lane::default());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(parts: [&str; 4]) -> Lane {
        let [origin, destination, carrier, service] =
            parts.map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
        Lane { origin, destination, carrier, service }
    }

    #[test]
    fn a_lane_is_covered_by_itself_and_by_what_says_less() {
        let all = covering(&lane(["沪", "蓉", "云雀", "次日达"]));
        assert_eq!(all.len(), 15);
        assert!(all.contains(&lane(["", "", "云雀", ""])) && all.contains(&lane(["沪", "蓉", "云雀", "次日达"])));
        assert_eq!(covering(&lane(["", "", "云雀", ""])), [lane(["", "", "云雀", ""])]);
        assert_eq!(lane_name(&lane(["沪", "", "云雀", ""])), "沪→/云雀/");
    }
}
