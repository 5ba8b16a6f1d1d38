//! Case 1, 7 March 2024, Oybek with Fotehobod: the whole loop, from the warning to the confirmed credit.

use model::content::Content;
use model::delivery::DeliveryState;
use model::ids::DispatchId;
use model::step::StepKind;
use node::api::Item;
use serde_json::{Value, json};

use super::{CENTRE, FOTEHOBOD, OYBEK, TJ_UNIT, UZ_UNIT};
use crate::demo::paper::{draft, grams, with};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

/// The warning and the result that is credited to it.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) alert: DispatchId,
    pub(super) result: DispatchId,
}

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<Loop> {
    story.scene("case_1")?;
    let alert = warn(stage, story).await?;
    accept_and_act(stage, story, alert).await?;
    let result = report(stage, story, alert).await?;
    credit(stage, story, alert, result).await?;
    Ok(Loop { alert, result })
}

/// The warning, and a copy for the analytical unit of each state.
async fn warn(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<DispatchId> {
    story.begin("alert");
    let sent = stage.send(alert()).await?;
    let line = stage
        .reached(OYBEK, sent.id, DeliveryState::Delivered)
        .await?;
    let mut offices: Vec<String> = line
        .deliveries
        .iter()
        .map(|delivery| delivery.office.to_string())
        .collect();
    offices.sort();
    equal(
        "recipients",
        &offices,
        &[FOTEHOBOD, TJ_UNIT, UZ_UNIT].map(str::to_owned).to_vec(),
    )?;
    for office in [FOTEHOBOD, TJ_UNIT, UZ_UNIT] {
        stage.arrived(office, sent.id).await?;
        let item = stage.show(office, sent.id).await?;
        let copy = item
            .statement
            .recipients
            .iter()
            .find(|recipient| recipient.office.to_string() == office)
            .map(|recipient| recipient.copy);
        equal("a copy for information", &copy, &Some(office != FOTEHOBOD))?;
        check_window(&item)?;
    }
    story.done(&Facts::of(&line.reference, &line.deliveries))?;
    Ok(sent.id)
}

fn alert() -> Value {
    let alert = json!({ "alert": {
        "crime": "drugs",
        "subject": "vehicle",
        "asked": "search",
        "corridor": {
            "from": { "crossing": "fotehobod", "state": "TJ" },
            "to": { "crossing": "oybek", "state": "UZ" },
        },
        "window": {
            "earliest": "2024-03-07",
            "latest": "2024-03-08",
            "about": true,
            "words": "около 7 марта, ближе к вечеру",
            "zone": "Asia/Tashkent",
        },
        "text": "Грузовой фургон с прицепом. Возможен тайник снаружи прицепа.",
        "language": "ru",
        "conveyances": [{ "kind": "van" }, { "kind": "trailer" }],
        "source_grade": "b",
    }});
    let draft = draft(OYBEK, &[FOTEHOBOD], "FLASH", alert);
    with(
        draft,
        json!({
            "urgency_reason": "window-closing",
            "case": "OYBEK/2024-17",
            "officer": "OYB-07",
        }),
    )
}

/// What is not known of the time is not filled in on the way.
fn check_window(item: &Item) -> anyhow::Result<()> {
    let Content::Alert(alert) = &item.content else {
        return check(false, || "the alert is no alert".to_owned());
    };
    let window = alert.window.as_ref();
    let earliest = window.and_then(|window| window.earliest.as_ref());
    equal(
        "earliest",
        &earliest.map(ToString::to_string),
        &Some("2024-03-07".to_owned()),
    )?;
    equal("about", &window.map(|window| window.about), &Some(true))
}

async fn accept_and_act(
    stage: &Stage,
    story: &mut Story<'_>,
    alert: DispatchId,
) -> anyhow::Result<()> {
    story.begin("accepted");
    stage.step(FOTEHOBOD, alert, StepKind::Opened).await?;
    stage.step(FOTEHOBOD, alert, StepKind::Accepted).await?;
    let line = stage
        .reached_at(OYBEK, alert, DeliveryState::Accepted, FOTEHOBOD)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;

    story.begin("searched");
    let action = json!({ "action": {
        "of": alert,
        "action": "searched",
        "agency": "TJ/CUSTOMS",
        "at": { "time": "2024-03-07", "zone": "Asia/Dushanbe" },
        "place": { "crossing": "fotehobod", "state": "TJ" },
    }});
    let sent = stage
        .send(with(
            draft(FOTEHOBOD, &[OYBEK], "PRIORITY", action),
            json!({ "parents": [alert], "case": "OYBEK/2024-17" }),
        ))
        .await?;
    stage
        .reached(FOTEHOBOD, sent.id, DeliveryState::Delivered)
        .await?;
    let line = stage
        .reached_at(OYBEK, alert, DeliveryState::Acted, FOTEHOBOD)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

/// The result goes to the author of the warning, to both units, and to the regional centre.
async fn report(
    stage: &Stage,
    story: &mut Story<'_>,
    alert: DispatchId,
) -> anyhow::Result<DispatchId> {
    story.begin("result");
    let outcome = outcome(alert);
    let sent = stage
        .send(with(
            draft(FOTEHOBOD, &[OYBEK, CENTRE], "PRIORITY", outcome.clone()),
            json!({ "parents": [alert], "case": "OYBEK/2024-17" }),
        ))
        .await?;
    let line = stage
        .reached(FOTEHOBOD, sent.id, DeliveryState::Delivered)
        .await?;
    let expected: Content = serde_json::from_value(outcome)?;
    for office in [OYBEK, UZ_UNIT, TJ_UNIT, CENTRE] {
        stage.arrived(office, sent.id).await?;
        let item = stage.show(office, sent.id).await?;
        equal("the result as it was reported", &item.content, &expected)?;
    }
    stage
        .reached_at(OYBEK, alert, DeliveryState::Answered, FOTEHOBOD)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))?;
    Ok(sent.id)
}

fn outcome(alert: DispatchId) -> Value {
    json!({ "outcome": {
        "of": alert,
        "result": "seizure",
        "agency": "TJ/CUSTOMS",
        "credit": { "dispatch": alert, "share": "decisive" },
        "seizure": {
            "event": "2024-03-07/1",
            "version": 1,
            "status": "provisional",
            "at": { "time": "2024-03-07", "zone": "Asia/Dushanbe" },
            "place": { "crossing": "fotehobod", "state": "TJ" },
            "agencies": ["TJ/CUSTOMS", "TJ/BORDER"],
            "joint": true,
            "items": [{
                "substance": "hashish",
                "form": "resin",
                "quantity": grams("1981"),
                "weighing": "gross",
                "basis": "visual",
                "packages": { "count": 2, "kind": "bag" },
            }],
            "total": grams("1981"),
            "packages": { "count": 2, "kind": "bag" },
            "trigger": "information",
            "concealment": {
                "place": "trailer",
                "method": "magnet",
                "words": "два пакета удерживались на прицепе магнитами",
            },
            "conveyances": [{ "kind": "van" }, { "kind": "trailer" }],
        },
    }})
}

/// The author of the warning confirms that it led to the result; both sides have it in their books.
async fn credit(
    stage: &Stage,
    story: &mut Story<'_>,
    alert: DispatchId,
    result: DispatchId,
) -> anyhow::Result<()> {
    story.begin("credited");
    let step = stage.step(OYBEK, result, StepKind::Credited).await?;
    for office in [OYBEK, FOTEHOBOD, UZ_UNIT, TJ_UNIT] {
        stage
            .noted(office, alert, "credit_claimed", FOTEHOBOD)
            .await?;
        stage.noted(office, result, "credited", OYBEK).await?;
    }
    let line = stage
        .reached(OYBEK, step.id, DeliveryState::Delivered)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}
