//! Cases 4, 5 and 7: seizures with their exact sums.

use serde_json::{Value, json};

use super::{
    CENTRE, DUSTI, FOTEHOBOD, OYBEK, SARIOSIYO, TJ_UNIT, UZ_CENTRE, UZ_UNIT, deliver, refuse,
};
use crate::demo::paper::{changed, draft, grams, kilograms, put, with};
use crate::demo::stage::Stage;
use crate::demo::story::Story;

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_4")?;
    let to = [OYBEK, CENTRE];
    let flash = |content| {
        let draft = draft(FOTEHOBOD, &to, "FLASH", content);
        with(draft, json!({ "urgency_reason": "at-the-crossing" }))
    };
    let wrong = changed(wrappings(), "/seizure/total", grams("71100"));
    let reason = ("content.seizure.total", "sum_mismatch");
    refuse(stage, story, "wrong_sum", flash(wrong), reason).await?;
    let readers = [OYBEK, UZ_UNIT, TJ_UNIT, CENTRE];
    deliver(stage, story, "flash", flash(wrappings()), &readers).await?;

    story.scene("case_5")?;
    let to = [FOTEHOBOD, UZ_CENTRE, CENTRE];
    let readers = [FOTEHOBOD, UZ_CENTRE, UZ_UNIT, TJ_UNIT, CENTRE];
    let seizure = draft(OYBEK, &to, "PRIORITY", cotton());
    deliver(stage, story, "seizure", seizure, &readers).await?;

    story.scene("case_7")?;
    let to = [DUSTI, UZ_CENTRE, CENTRE];
    let night = |content| draft(SARIOSIYO, &to, "PRIORITY", content);
    let driver = json!([{ "role": "driver", "status": "detained" }]);
    let mut named = yarn();
    put(&mut named, "/seizure", "persons", driver);
    let reason = ("handling.persons_released", "persons_not_released");
    refuse(stage, story, "persons_stay", night(named), reason).await?;
    let miscounted = changed(yarn(), "/seizure/packages/count", json!(92));
    let reason = ("content.seizure.packages", "sum_mismatch");
    refuse(stage, story, "miscounted", night(miscounted), reason).await?;
    let readers = [DUSTI, UZ_CENTRE, UZ_UNIT, TJ_UNIT, CENTRE];
    deliver(stage, story, "seizure", night(yarn()), &readers).await?;
    Ok(())
}

/// 21 November 2023, Fotehobod: a truck, 65 wrappings, 71.110 kg of heroin. The total is in grams, the part in
/// kilograms: they agree.
fn wrappings() -> Value {
    json!({ "seizure": {
        "event": "2023-11-21/1",
        "version": 1,
        "status": "provisional",
        "at": { "time": "2023-11-21", "zone": "Asia/Dushanbe" },
        "place": { "crossing": "fotehobod", "state": "TJ" },
        "agencies": ["TJ/CUSTOMS"],
        "items": [{
            "substance": "heroin",
            "form": "powder",
            "quantity": kilograms("71.110"),
            "weighing": "gross",
            "basis": "field-test",
            "packages": { "count": 65, "kind": "packet" },
        }],
        "total": grams("71110"),
        "packages": { "count": 65, "kind": "packet" },
        "conveyances": [{ "kind": "truck" }],
    }})
}

/// 15 February 2022, Oybek: 232 packages in cotton bales. The press had "230 kg" and "12 to 14 million dollars in
/// Europe"; the record has what was weighed, and the value with its market.
fn cotton() -> Value {
    json!({ "seizure": {
        "event": "2022-02-15/1",
        "version": 1,
        "status": "confirmed",
        "at": { "time": "2022-02-15", "zone": "Asia/Tashkent" },
        "place": { "crossing": "oybek", "state": "UZ" },
        "agencies": ["UZ/CUSTOMS", "UZ/BORDER"],
        "items": [{
            "substance": "heroin",
            "form": "powder",
            "quantity": kilograms("229.719"),
            "weighing": "gross",
            "basis": "field-test",
            "packages": { "count": 232, "kind": "packet" },
            "value": { "amount": "12000000", "currency": "USD", "market": "Europe, lower estimate" },
        }],
        "total": kilograms("229.719"),
        "packages": { "count": 232, "kind": "packet" },
        "concealment": { "place": "cargo", "method": "in-goods", "words": "в кипах хлопка" },
        "conveyances": [{ "kind": "trailer", "declared_goods": "cotton" }],
        "text": "В печати: 230 кг, 12–14 млн долларов США в Европе.",
    }})
}

/// 25 August, 03:30, Sariosiyo: the colour of a parcel tells the drug. The report does not give the year.
fn yarn() -> Value {
    json!({ "seizure": {
        "event": "08-25/1",
        "version": 1,
        "status": "provisional",
        "at": { "time": "2021-08-25T03:30", "zone": "Asia/Tashkent" },
        "place": { "crossing": "sariosiyo", "state": "UZ" },
        "agencies": ["UZ/CUSTOMS"],
        "items": [
            {
                "substance": "heroin",
                "form": "powder",
                "quantity": kilograms("85.505"),
                "weighing": "gross",
                "basis": "field-test",
                "packages": { "count": 82, "kind": "packet", "colour": "green, red" },
            },
            {
                "substance": "hashish",
                "form": "resin",
                "quantity": kilograms("11.425"),
                "weighing": "gross",
                "basis": "field-test",
                "packages": { "count": 11, "kind": "packet", "colour": "yellow" },
            },
        ],
        "total": kilograms("96.930"),
        "packages": { "count": 93, "kind": "packet" },
        "trigger": "dog",
        "concealment": { "place": "cargo", "method": "behind-goods" },
        "conveyances": [
            { "kind": "tractor", "make": "Mercedes" },
            { "kind": "trailer", "declared_goods": "20 t of yarn" },
        ],
        "text": "Год в сообщении не указан: 2020 или 2021.",
    }})
}
