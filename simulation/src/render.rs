//! Acts into events: what each stream would really have been sent.

use serde::Serialize;
use tingjian_schemas::{Kind, PromiseMaker, Stream, Verdict};

use crate::{
    attribution::attribute,
    causes::DEPT_SLOW,
    centre::{LaneName, agent_no, skill_group},
    clock::{MINUTE, Seconds, Stamp, minutes_between},
    dice::mix,
    event::{self, Customer, Event, Head, Praised, SOURCE},
    identity,
    story::{Act, Call, Clockwork, Contact, Ruling, Story},
    text::{Domain, Scene, TextTruth, Times},
    world::World,
};

/// An event on its way out.
pub(crate) struct Rendered {
    pub(crate) stream: Stream,
    pub(crate) json: String,
}

/// The event of an act; `None` for acts that no system reports.
pub(crate) fn render(world: &World, story: &Story, act: Act, at: Seconds) -> Option<Rendered> {
    match act {
        Act::Measure | Act::Close => None,
        Act::Start => story.order.as_ref().filter(|order| order.reported_open).and(delivery(world, story, at, false)),
        Act::Finish => delivery(world, story, at, true),
        Act::Promise(number) => promise(world, story, usize::from(number)),
        Act::Contact(_) => None,
        Act::Step(number) => step(world, story, usize::from(number)),
        Act::Request(number) => request(world, story, usize::from(number)),
        Act::Reply(number, answer) => reply(world, story, usize::from(number), usize::from(answer)),
        Act::Ruling(number) => ruling(world, story, usize::from(number), at),
    }
}

fn write<B: Serialize>(stream: Stream, head: Head<'_>, body: B) -> Option<Rendered> {
    // Strings, numbers and lists of these always have a JSON form.
    serde_json::to_string(&Event { head, body }).ok().map(|json| Rendered { stream, json })
}

fn head(event_id: String, at: Seconds) -> Head<'static> {
    Head {
        event_id,
        occurred_at: Stamp(at),
        source: SOURCE,
        channel: None,
        customer: None,
        order_id: None,
        case_id: None,
        call_id: None,
        agent_no: None,
        department: None,
        lane: None,
    }
}

/// A standing promise of a lane.
pub(crate) fn standing(world: &World, lane: u16, place: usize) -> Option<Rendered> {
    let of = world.centre.lane(lane)?;
    let standing = of.standing.get(place)?;
    let promise_id = world.standing_id(lane, place);
    let head = Head { lane: Some(&of.name), ..head(promise_id.clone(), standing.from) };
    let body = event::Promise {
        promise_id,
        made_by_kind: standing.maker,
        owner_department: standing.owner,
        made_at: Stamp(standing.from),
        due_at: None,
        promised_min: Some(standing.minutes),
        valid_until: standing.until.map(Stamp),
        text: standing.campaign.map(|name| format!("{name}：限时速达活动")),
        agents_notified_at: standing.notified.map(Stamp),
    };
    write(Stream::Promises, head, body)
}

fn delivery(world: &World, story: &Story, at: Seconds, done: bool) -> Option<Rendered> {
    let order = story.order.as_ref()?;
    let lane = world.centre.lane(order.lane)?;
    let event_id = world.event_id(story.number, "d", usize::from(done));
    let order_id = world.order_id(story);
    let head = Head { order_id, lane: Some(&lane.name), department: Some(lane.department), ..head(event_id, at) };
    let finished_at = done.then(|| Stamp(order.finished()));
    write(Stream::Deliveries, head, event::Delivery { started_at: Stamp(order.started), finished_at })
}

fn promise(world: &World, story: &Story, number: usize) -> Option<Rendered> {
    let promise = story.promises.get(number)?;
    let promise_id = world.promise_id(story, number);
    let mut head = head(promise_id.clone(), promise.made);
    head.agent_no = promise.agent.map(agent_no);
    if promise.is_callback() {
        head.case_id = world.case_id(story);
    } else {
        head.order_id = world.order_id(story);
        head.lane = story.order.as_ref().and_then(|order| world.centre.lane(order.lane)).map(|lane| &lane.name);
    }
    let code = match promise.maker {
        PromiseMaker::Callback => "promise_callback",
        PromiseMaker::Agent => "promise_agent",
        _ => "promise_page",
    };
    let times = Times { promised_min: Some(promise.minutes), ..Times::default() };
    let agent = promise.agent.unwrap_or_default();
    let text = note(world, story, code, number as u64, times, agent);
    let started = story.order.as_ref().map(|order| order.started);
    let body = event::Promise {
        promise_id,
        made_by_kind: promise.maker,
        owner_department: promise.owner,
        made_at: Stamp(promise.made),
        due_at: promise.as_due.then(|| Stamp(promise.due(started))),
        promised_min: (!promise.as_due).then_some(promise.minutes),
        valid_until: None,
        text: Some(text),
        agents_notified_at: None,
    };
    write(Stream::Promises, head, body)
}

/// A short sentence for a fact of the story.
fn note(world: &World, story: &Story, code: &str, number: u64, times: Times, agent: u16) -> String {
    let scene = Scene {
        seed: world.seed,
        number: mix(story.number * 64 + number) ^ mix(code.len() as u64),
        at: 0,
        stream: Stream::CaseEvents,
        kind: Kind::Other,
        causes: &[],
        domain: Domain::Shop,
        clockwork: Clockwork::Invented,
        times,
        minutes: false,
        campaign: false,
        customer: story.customer,
        agent,
        order_id: None,
        lane: None,
        abuse: false,
        before: 0,
        resolved: None,
    };
    world.writer.note(code, &scene)
}

fn step(world: &World, story: &Story, number: usize) -> Option<Rendered> {
    let step = story.case.as_ref()?.steps.get(number)?;
    let head = Head { case_id: world.case_id(story), ..head(world.event_id(story.number, "s", number), step.at) };
    let text = number.is_multiple_of(2).then(|| note(world, story, "step", number as u64, Times::default(), 0));
    write(Stream::CaseEvents, head, event::CaseEvent { kind: step.kind, holder: step.holder, text })
}

fn request(world: &World, story: &Story, number: usize) -> Option<Rendered> {
    const NODES: [&str; 3] = ["核实", "处理", "回复"];
    let request = story.case.as_ref()?.requests.get(number)?;
    let request_id = world.event_id(story.number, "q", number);
    let head = Head { case_id: world.case_id(story), ..head(request_id.clone(), request.asked) };
    let body = event::DepartmentRequest {
        request_id,
        to_department: request.to,
        node: NODES.get((story.number % 3) as usize).copied().unwrap_or("核实"),
        due_at: request.allowed.map(|_| Stamp(request.due())),
        text: note(world, story, "request", number as u64, Times::default(), 0),
    };
    write(Stream::DepartmentRequests, head, body)
}

fn reply(world: &World, story: &Story, number: usize, answer: usize) -> Option<Rendered> {
    let request = story.case.as_ref()?.requests.get(number)?;
    let (at, by) = *request.replies.get(answer)?;
    let event_id = world.event_id(story.number, "a", number * 8 + answer);
    let head = Head { case_id: world.case_id(story), department: Some(by), ..head(event_id, at) };
    let body = event::DepartmentReply {
        request_id: world.event_id(story.number, "q", number),
        outcome: if by == request.to { "已答复" } else { "非本部门" },
        text: note(world, story, "reply", (number * 8 + answer) as u64, Times::default(), 0),
    };
    write(Stream::DepartmentReplies, head, body)
}

fn ruling(world: &World, story: &Story, number: usize, at: Seconds) -> Option<Rendered> {
    let ruling = story.rulings.get(number)?;
    let contact = story.contacts.get(ruling.contact())?;
    let record_id = world.record_id(story.number, ruling.contact());
    let event_id = world.event_id(story.number, "j", number);
    let reason = note(world, story, "reason", number as u64, Times::default(), 0);
    let head = head(event_id.clone(), at);
    match ruling {
        Ruling::Judgement { fair, scapegoat, judge, appeal, given, .. } => {
            let given = given.get_or_init(|| sentence(world, story, contact, at, *fair, scapegoat));
            let appeal_id = appeal.map(|of| world.event_id(story.number, "j", usize::from(of)));
            let head = Head { department: Some(given.1), ..head };
            write(Stream::Judgements, head, event::Judgement { record_id, verdict: given.0, judge, reason, appeal_id })
        }
        Ruling::Appeal { of, .. } => {
            let Some(Ruling::Judgement { given, .. }) = story.rulings.get(usize::from(*of)) else { return None };
            let department = given.get()?.1;
            let head = Head { department: Some(department), ..head };
            let filed_by = format!("{department}主管");
            write(Stream::Appeals, head, event::Appeal { appeal_id: event_id, record_id, filed_by, reason })
        }
        Ruling::Correction { by, .. } => {
            let said = contact.said.get()?;
            let causes = said.text.causes.iter().map(|cause| cause.code()).collect();
            let body = event::Correction { record_id, by, kind: contact.kind, causes, note: reason };
            write(Stream::Corrections, head, body)
        }
    }
}

/// What a judge decides.
fn sentence(
    world: &World,
    story: &Story,
    contact: &Contact,
    at: Seconds,
    fair: bool,
    scapegoat: &'static str,
) -> (Verdict, &'static str) {
    if !fair {
        return (Verdict::Responsible, scapegoat);
    }
    let known = attribute(world, story, contact, at);
    let carrier = story.order.as_ref().and_then(|order| world.centre.lane(order.lane)).map(|lane| lane.department);
    let named = known.responsible.first().map(|first| first.department.as_str());
    let department = named.and_then(known_department).or(carrier).unwrap_or(scapegoat);
    match (known.verdict, named) {
        (Some(Verdict::NotResponsible), _) | (_, Some("无")) => (Verdict::NotResponsible, department),
        (Some(Verdict::Pending), _) => (Verdict::Pending, department),
        _ if known.responsible.len() > 1 => (Verdict::Partly, department),
        _ => (Verdict::Responsible, department),
    }
}

/// The name as the centre's own constant.
fn known_department(name: &str) -> Option<&'static str> {
    crate::centre::DEPARTMENTS.iter().find(|known| **known == name).copied()
}

/// The event of a contact and what its text says.
pub(crate) fn contact(world: &World, story: &Story, number: usize) -> Option<(Rendered, TextTruth)> {
    let contact = story.contacts.get(number)?;
    let order_id = contact.names_order.then(|| world.order_id(story)).flatten();
    let lane = story.order.as_ref().filter(|_| contact.names_order).and_then(|order| world.centre.lane(order.lane));
    let (text, truth) = write_text(world, story, contact, number, order_id.as_deref(), lane.map(|lane| &lane.name));
    let named_lane = contact.lane.and_then(|lane| world.centre.lane(lane)).map(|lane| &lane.name);
    let mut head = Head {
        channel: Some(channel(contact)),
        customer: Some(customer(world, story)),
        order_id,
        case_id: contact.names_case.then(|| world.case_id(story)).flatten(),
        agent_no: Some(agent_no(contact.agent)),
        lane: named_lane,
        ..head(world.record_id(story.number, number), contact.at)
    };
    let rendered = match contact.stream {
        Stream::CallNotes => {
            head.call_id = Some(world.event_id(story.number, "call", number));
            write(Stream::CallNotes, head, call_note(world, contact, contact.call.as_ref()?, &text))
        }
        Stream::Commendations => write(Stream::Commendations, head, commendation(contact, &text)),
        _ => {
            let category = category(contact, story.number);
            head.department = story.number.is_multiple_of(3).then_some("客服班组");
            write(Stream::Complaints, head, event::Complaint { text: &text, category })
        }
    };
    Some((rendered?, truth))
}

fn write_text(
    world: &World,
    story: &Story,
    contact: &Contact,
    number: usize,
    order_id: Option<&str>,
    lane: Option<&LaneName>,
) -> (String, TextTruth) {
    let group = contact.causes.first().map_or("", |cause| cause.leaf().group());
    let waits = group == "access" || (contact.domain == Domain::Meal && group == "fulfil");
    let scene = Scene {
        seed: world.seed,
        number: story.number * 16 + number as u64,
        at: contact.at,
        stream: contact.stream,
        kind: contact.kind,
        causes: &contact.causes,
        domain: contact.domain,
        clockwork: contact.clockwork,
        times: times(world, story, contact),
        minutes: waits && contact.clockwork == Clockwork::Invented,
        campaign: contact.campaign.is_some(),
        customer: story.customer,
        agent: contact.agent,
        order_id,
        lane,
        abuse: contact.abuse,
        before: contact.before,
        resolved: contact.call.as_ref().map(|call| call.resolved),
    };
    world.writer.write(&scene)
}

/// What the facts say about the times of a contact's matter, at that time.
fn times(world: &World, story: &Story, contact: &Contact) -> Times {
    let elapsed = |from: Seconds, until: Seconds| Some(minutes_between(from, until).max(1));
    match contact.clockwork {
        Clockwork::Invented => Times::default(),
        Clockwork::Callback => {
            let Some((_, promise)) = story.callback() else { return Times::default() };
            let (promised_min, actual_min) = (Some(promise.minutes), elapsed(promise.made, contact.at));
            Times { promised_min, actual_min, open: true, started: None, late: true, by_agent: false }
        }
        Clockwork::Case => {
            let opened = story.case.as_ref().and_then(|case| case.steps.first()).map(|step| step.at);
            let actual_min = opened.and_then(|opened| elapsed(opened, contact.at));
            Times { promised_min: None, actual_min, open: true, started: None, late: true, by_agent: false }
        }
        Clockwork::Order => {
            let Some(order) = &story.order else { return Times::default() };
            let linked = story.linked_promise();
            let standing = || world.centre.lane(order.lane)?.standing_at(order.started).map(|(_, s)| s.minutes);
            let promised_min = linked.map(|(_, p)| p.minutes).or_else(standing);
            let open = contact.at < order.finished();
            let actual_min = elapsed(order.started, order.finished().min(contact.at));
            let late = actual_min > promised_min;
            // Only the agent who promised is named by the customer.
            let by_agent = linked.is_some_and(|(_, p)| p.agent == Some(contact.agent));
            Times { promised_min, actual_min, open, started: Some(order.started), late, by_agent }
        }
    }
}

fn customer(world: &World, story: &Story) -> Customer {
    Customer {
        phone: identity::phone(world.seed, story.customer),
        account: identity::account(world.seed, story.customer),
        name: mix(story.customer ^ 11).is_multiple_of(2).then(|| identity::name(story.customer)),
    }
}

fn channel(contact: &Contact) -> &'static str {
    match (contact.stream, contact.domain) {
        (Stream::CallNotes, Domain::Town) => "12345",
        (Stream::CallNotes, _) => "电话",
        (_, Domain::Shop | Domain::Meal) => "APP",
        (_, Domain::Line) => "微信",
        (_, Domain::Town) => "网页",
    }
}

/// The sender's own category: coarse, and wrong or missing for one in five.
fn category(contact: &Contact, number: u64) -> Option<&'static str> {
    let drawn = mix(number ^ 77) % 10;
    let group = contact.causes.first().map_or("", |cause| cause.leaf().group());
    match (drawn, group) {
        (0, _) => None,
        (1, _) => Some("其他"),
        (_, "promise") => Some("服务承诺"),
        (_, "fulfil") => Some("物流配送"),
        (_, "product") => Some("商品售后"),
        (_, "access") => Some("客服接入"),
        (_, "process") => Some("处理流程"),
        (_, "system") => Some("系统故障"),
        (_, "people") => Some("服务态度"),
        _ => Some("咨询其他"),
    }
}

fn commendation<'a>(contact: &Contact, text: &'a str) -> event::Commendation<'a> {
    let by_department = contact.agent % 7 == 6;
    let praised = Praised {
        agent_no: (!by_department).then(|| agent_no(contact.agent)),
        department: by_department.then_some("末端配送"),
    };
    let filed_by = agent_no(contact.agent.wrapping_add(1) % 9_000);
    let recording_ref = (contact.at % 3 == 0).then(|| format!("rec/{}", contact.at));
    event::Commendation { text, praised: [praised], filed_by, recording_ref }
}

fn call_note<'a>(world: &'a World, contact: &Contact, call: &Call, text: &'a str) -> event::CallNote<'a> {
    let menu = world.centre.menus.get(usize::from(call.menu));
    let pairs = call.transfers.iter().zip(call.transfers.iter().skip(1));
    let transfers =
        (1..).zip(pairs).map(|(n, (from, to))| event::Transfer { from, to, at: Stamp(contact.at + n * MINUTE) });
    event::CallNote {
        text,
        skill_group: call.transfers.last().copied().unwrap_or_else(|| skill_group(contact.agent)),
        queue_wait_s: call.wait_s,
        talk_s: call.talk_s,
        ivr_presses: call.presses,
        ivr_path: menu.map(|menu| menu.path.as_slice()).unwrap_or_default(),
        transfers: transfers.collect(),
        questions_repeated: call.repeated,
        resolved: call.resolved && !contact.causes.contains(&DEPT_SLOW),
    }
}
