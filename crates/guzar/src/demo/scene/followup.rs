//! Case 11, Ayritom, about 2020: three couriers, three events, one case; nothing is made public until the receiver is
//! caught inland.

use anyhow::Context as _;
use model::delivery::DeliveryState;
use model::dispatch::CaseRef;
use model::ids::DispatchId;
use model::kind::DispatchKind;
use model::step::StepKind;
use node::api::ListQuery;
use node::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{AYRITOM, CENTRE, UZ_CENTRE, UZ_UNIT, deliver};
use crate::demo::paper::{draft, grams, with};
use crate::demo::stage::{Stage, all};
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_11")?;
    let held = json!({ "case": CASE, "handling": {
        "code": "originator-consent",
        "purpose": "crime-detection",
        "public_from": SystemClock.now().plus_seconds(HELD_S),
    }});
    let to = [UZ_CENTRE, UZ_UNIT, CENTRE];
    for (step, content) in [
        ("courier_1", courier(1, 44, "opium", "430")),
        ("courier_2", courier(2, 34, "hashish", "650")),
        ("courier_3", courier(3, 31, "other-drug", "592")),
    ] {
        let event = with(draft(AYRITOM, &to, "PRIORITY", content), held.clone());
        deliver(stage, story, step, event, &to).await?;
    }
    let alert = json!({ "alert": {
        "crime": "drugs",
        "subject": "person",
        "asked": "search",
        "text": "Получатель всех трёх партий ждёт в Ташкенте.",
        "language": "ru",
    }});
    let alert = with(
        draft(AYRITOM, &[UZ_CENTRE], "PRIORITY", alert),
        held.clone(),
    );
    let alert = deliver(stage, story, "receiver", alert, &[UZ_CENTRE])
        .await?
        .id;
    stage.step(UZ_CENTRE, alert, StepKind::Accepted).await?;
    case_is_whole(stage, story).await?;
    caught(stage, story, alert).await
}

/// The centre finds all events under one case, each with its hold on publicity.
async fn case_is_whole(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.begin("one_case");
    let case: CaseRef = CASE.parse()?;
    let query = ListQuery {
        case: Some(case.clone()),
        ..all()
    };
    for (office, kind, count) in [
        (UZ_CENTRE, DispatchKind::Seizure, 3_usize),
        (UZ_CENTRE, DispatchKind::Alert, 1),
        (CENTRE, DispatchKind::Seizure, 3),
        (CENTRE, DispatchKind::Alert, 0),
    ] {
        let lines = stage.inbox(office, query.clone()).await?;
        let of_kind: Vec<DispatchId> = lines
            .iter()
            .filter(|line| line.kind == kind)
            .map(|line| line.id)
            .collect();
        equal(
            &format!("{kind:?} of the case at {office}"),
            &of_kind.len(),
            &count,
        )?;
        for id in of_kind {
            let item = stage.show(office, id).await?;
            let public_from = item.statement.handling.public_from;
            let public_from = public_from.context("the hold on publicity is gone")?;
            check(public_from > SystemClock.now(), || {
                format!("{id} may be made public already")
            })?;
        }
    }
    story.done(&Facts::default())
}

/// Caught with the help of others; from now on it may be made public.
async fn caught(stage: &Stage, story: &mut Story<'_>, alert: DispatchId) -> anyhow::Result<()> {
    let outcome = json!({ "outcome": {
        "of": alert,
        "result": "detained",
        "agency": "UZ/SGB, UZ/MIA",
        "credit": { "dispatch": alert, "share": "decisive" },
        "text": "Получатель задержан в гостинице в Ташкенте.",
    }});
    let outcome = with(
        draft(UZ_CENTRE, &[AYRITOM, UZ_UNIT], "PRIORITY", outcome),
        json!({ "case": CASE, "parents": [alert] }),
    );
    let result = deliver(stage, story, "caught", outcome, &[AYRITOM, UZ_UNIT])
        .await?
        .id;
    let item = stage.show(AYRITOM, result).await?;
    equal(
        "hold on publicity",
        &item.statement.handling.public_from,
        &None,
    )?;

    story.begin("credited");
    stage.step(AYRITOM, result, StepKind::Credited).await?;
    stage.noted(UZ_CENTRE, result, "credited", AYRITOM).await?;
    let line = stage
        .reached_at(AYRITOM, alert, DeliveryState::Answered, UZ_CENTRE)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

/// Capsules in the body: not for the press, and a matter for doctors first.
fn courier(number: u32, capsules: u32, substance: &str, amount: &str) -> Value {
    json!({ "seizure": {
        "event": format!("courier-{number}"),
        "version": 1,
        "status": "provisional",
        "at": { "time": "2020", "zone": "Asia/Tashkent" },
        "place": { "crossing": "ayritom", "state": "UZ" },
        "agencies": ["UZ/CUSTOMS", "UZ/BORDER"],
        "items": [{
            "substance": substance,
            "form": "capsules",
            "quantity": grams(amount),
            "weighing": "gross",
            "basis": "visual",
            "packages": { "count": capsules, "kind": "capsule" },
        }],
        "total": grams(amount),
        "packages": { "count": capsules, "kind": "capsule" },
        "concealment": { "place": "body-internal", "method": "swallowed" },
    }})
}

const CASE: &str = "AYRITOM/2020-11";

const HELD_S: i64 = 30 * 86_400;
