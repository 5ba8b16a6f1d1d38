//! Cases 2 and 3, the exercises of May 2017 and May 2018: the first hop is inside one country, from the border of entry
//! to the border of exit; there one warning becomes several tasks.

use anyhow::Context as _;
use model::content::Content;
use model::delivery::DeliveryState;
use model::ids::DispatchId;
use model::step::StepKind;
use serde_json::{Value, json};

use super::{
    BOR_DOBO, DOSTLIK, DOSTUK, DUSTI, KG_CENTRE, KG_UNIT, NIJNIY_PYANJ, SARIOSIYO, TJ_UNIT,
    UZ_UNIT, deliver, refuse,
};
use crate::demo::paper::{draft, with};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    dostuk(stage, story).await?;
    dusti(stage, story).await
}

async fn dostuk(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_2")?;
    let exercise = exercise("Dostuk, 12 May 2017");
    let alert = expected("2017-05-10", "2017-05-20", "Asia/Bishkek", "watch");
    let first = with(
        draft(BOR_DOBO, &[DOSTUK], "PRIORITY", alert),
        exercise.clone(),
    );
    let first = deliver(stage, story, "alert", first, &[DOSTUK]).await?.id;
    window_is_kept(stage, DOSTUK, first).await?;
    accept(stage, story, (BOR_DOBO, DOSTUK), first).await?;

    let desks = ["BORDER", "CUSTOMS", "MIA"].map(|desk| format!("{DOSTUK}/{desk}"));
    let mut to: Vec<&str> = desks.iter().map(String::as_str).collect();
    to.push(DOSTLIK);
    let alert = expected("2017-05-10", "2017-05-20", "Asia/Bishkek", "check");
    let passed_on = with(draft(DOSTUK, &to, "PRIORITY", alert), exercise.clone());
    let passed_on = with(passed_on, json!({ "parents": [first] }));
    let readers = [DOSTLIK, KG_CENTRE, KG_UNIT, UZ_UNIT];
    let second = deliver(stage, story, "fan_out", passed_on, &readers)
        .await?
        .id;
    accept(stage, story, (DOSTUK, DOSTLIK), second).await?;
    for desk in &desks {
        act(stage, story, (desk, DOSTUK), second, &exercise).await?;
    }

    let across = expected("2017-05-10", "2017-05-20", "Asia/Bishkek", "watch");
    let across = with(draft(BOR_DOBO, &[DOSTLIK], "PRIORITY", across), exercise);
    refuse(
        stage,
        story,
        "not_coupled",
        across,
        ("to[0]", "no_coupling"),
    )
    .await
}

async fn dusti(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_3")?;
    let exercise = exercise("Dusti, 3 May 2018");
    let alert = expected("2018-05-10", "2018-05-20", "Asia/Dushanbe", "check");
    let first = with(
        draft(NIJNIY_PYANJ, &[DUSTI], "PRIORITY", alert),
        exercise.clone(),
    );
    let first = deliver(stage, story, "alert", first, &[DUSTI]).await?.id;
    window_is_kept(stage, DUSTI, first).await?;
    accept(stage, story, (NIJNIY_PYANJ, DUSTI), first).await?;

    let desks = ["BORDER", "CUSTOMS", "DCA", "MIA"].map(|desk| format!("{DUSTI}/{desk}"));
    let mut to: Vec<&str> = desks.iter().map(String::as_str).collect();
    to.push(TJ_UNIT);
    let alert = expected("2018-05-10", "2018-05-20", "Asia/Dushanbe", "search");
    let tasks = with(draft(DUSTI, &to, "PRIORITY", alert), exercise.clone());
    let tasks = with(tasks, json!({ "parents": [first] }));
    let second = deliver(stage, story, "fan_out", tasks, &[TJ_UNIT])
        .await?
        .id;
    for desk in &desks {
        act(stage, story, (desk, DUSTI), second, &exercise).await?;
    }

    let note = json!({ "note": {
        "text": "Учение 3 мая: приглашаем наблюдателей. Действий от вас не требуется.",
        "language": "ru",
    }});
    let observers = with(draft(DUSTI, &[SARIOSIYO], "ROUTINE", note), exercise);
    deliver(stage, story, "observers", observers, &[SARIOSIYO]).await?;
    Ok(())
}

fn exercise(name: &str) -> Value {
    json!({
        "exercise": name,
        "handling": { "code": "project-states", "purpose": "exercise" },
    })
}

/// "High risk, about the middle of May", subject unknown.
fn expected(earliest: &str, latest: &str, zone: &str, asked: &str) -> Value {
    json!({ "alert": {
        "crime": "drugs",
        "subject": "unknown",
        "asked": asked,
        "window": {
            "earliest": earliest,
            "latest": latest,
            "about": true,
            "words": "около середины мая",
            "zone": zone,
        },
        "text": "Высокий риск провоза наркотиков. Рекомендуем усилить контроль в эти дни.",
        "language": "ru",
        "source_grade": "c",
    }})
}

/// The fuzzy window arrives as it was written, and the line is marked as exercise traffic.
async fn window_is_kept(stage: &Stage, office: &str, id: DispatchId) -> anyhow::Result<()> {
    let item = stage.show(office, id).await?;
    let Content::Alert(alert) = &item.content else {
        return check(false, || "the alert is no alert".to_owned());
    };
    let window = alert.window.as_ref().context("the window is gone")?;
    equal("about", &window.about, &true)?;
    equal(
        "words",
        &window.words.as_deref(),
        &Some("около середины мая"),
    )?;
    equal("exercise", &item.line.exercise, &true)
}

async fn accept(
    stage: &Stage,
    story: &mut Story<'_>,
    (author, office): (&str, &str),
    id: DispatchId,
) -> anyhow::Result<()> {
    story.begin("accepted");
    stage.step(office, id, StepKind::Accepted).await?;
    let line = stage
        .reached_at(author, id, DeliveryState::Accepted, office)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}

/// One authority in the room does its part and tells the office.
async fn act(
    stage: &Stage,
    story: &mut Story<'_>,
    (desk, office): (&str, &str),
    of: DispatchId,
    exercise: &Value,
) -> anyhow::Result<()> {
    story.begin("desk_acted");
    let action = json!({ "action": { "of": of, "action": "watched" } });
    let done = with(draft(desk, &[office], "PRIORITY", action), exercise.clone());
    stage.send(with(done, json!({ "parents": [of] }))).await?;
    stage.noted(office, of, "acted", desk).await?;
    let line = stage
        .reached_at(office, of, DeliveryState::Acted, desk)
        .await?;
    story.done(&Facts::of(&line.reference, &line.deliveries))
}
