//! Case 15, 31 May 2024, Konysbayev: made public only two months later. The office at the border of origin is told at
//! once, under embargo, and what it says of it carries the embargo too.

use model::delivery::DeliveryState;
use model::step::StepKind;
use node::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::{CENTRE, KONYSBAYEV, KZ_CENTRE, UZ_UNIT, YALLAMA, deliver};
use crate::demo::paper::{draft, kilograms, with};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_15")?;
    // From 31 May to 2 August are 63 days.
    let public_from = SystemClock.now().plus_seconds(63 * 86_400);
    let embargo = json!({ "handling": {
        "code": "originator-consent",
        "purpose": "crime-detection",
        "public_from": public_from,
    }});
    let seizure = draft(KONYSBAYEV, &[YALLAMA, CENTRE], "PRIORITY", polish());
    let readers = [YALLAMA, UZ_UNIT, KZ_CENTRE, CENTRE];
    let sent = deliver(stage, story, "seizure", with(seizure, embargo), &readers)
        .await?
        .id;

    story.begin("embargo");
    for office in readers {
        let item = stage.show(office, sent).await?;
        let found = item.statement.handling.public_from;
        equal(
            &format!("public from, at {office}"),
            &found,
            &Some(public_from),
        )?;
    }
    let step = stage.step(YALLAMA, sent, StepKind::Accepted).await?.id;
    let line = stage
        .reached(YALLAMA, step, DeliveryState::Delivered)
        .await?;
    let item = stage.show(KONYSBAYEV, step).await?;
    let found = item.statement.handling.public_from;
    equal("public from, of what follows", &found, &Some(public_from))?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

fn polish() -> Value {
    json!({ "seizure": {
        "event": "2024-05-31/1",
        "version": 1,
        "status": "confirmed",
        "at": { "time": "2024-05-31", "zone": "Asia/Almaty" },
        "place": { "crossing": "konysbayev", "state": "KZ" },
        "agencies": ["KZ/BORDER"],
        "items": [{
            "substance": "heroin",
            "quantity": kilograms("775"),
            "weighing": "net",
            "basis": "lab",
        }],
        "total": kilograms("775"),
        "trigger": "dog",
        "concealment": { "place": "cargo", "method": "in-goods", "words": "в банках с кремом для обуви" },
        "conveyances": [{ "kind": "truck" }],
        "route": { "from": { "state": "UZ" }, "to": { "state": "KZ" } },
        "text": "Двое иностранцев под стражей.",
    }})
}
