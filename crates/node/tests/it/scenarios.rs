//! What goes wrong in the field, one thing at a time.

use model::delivery::DeliveryState;
use model::lane::Urgency;
use model::step::StepKind;
use testkit::book;
use testkit::post::Post::{Centre, Dushanbe, Fotehobod, Oybek};
use testkit::world::{Faults, World};

/// Mends everything, waits for rest, and checks the books.
async fn settle(world: &mut World) {
    world.mend().await.unwrap();
    world.settle().await.unwrap();
    if let Err(error) = book::check(world).await {
        panic!("{error:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn thirty_days_of_partition() {
    let mut world = World::new(30).await.unwrap();
    world.settle().await.unwrap();
    world.isolate(Oybek).await;
    let flash = world.send(Oybek, Fotehobod, Urgency::Flash).await.unwrap();
    let early = world.send(Oybek, Dushanbe, Urgency::Routine).await.unwrap();
    world.pass(15 * 24).await.unwrap();
    let late = world
        .send(Oybek, Fotehobod, Urgency::Routine)
        .await
        .unwrap();
    let back = world
        .send(Fotehobod, Oybek, Urgency::Routine)
        .await
        .unwrap();
    world.pass(15 * 24 + 6).await.unwrap();

    settle(&mut world).await;

    for (id, to) in [(flash, Fotehobod), (early, Dushanbe)] {
        let state = world.state(Oybek, id, to).await.unwrap();
        assert_eq!(state, DeliveryState::Expired);
        assert!(!world.has(to, id).await.unwrap());
    }
    assert_eq!(
        world.state(Oybek, late, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
    assert_eq!(
        world.state(Oybek, late, Dushanbe).await.unwrap(),
        DeliveryState::Delivered
    );
    assert_eq!(
        world.state(Fotehobod, back, Oybek).await.unwrap(),
        DeliveryState::Delivered
    );
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_dies_between_custody_and_forwarding() {
    let mut world = World::new(31).await.unwrap();
    world.settle().await.unwrap();
    world.cut(Oybek, Fotehobod).await;
    world.cut(Centre, Fotehobod).await;
    let id = world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    world.settle().await.unwrap();
    assert_eq!(
        world.state(Oybek, id, Fotehobod).await.unwrap(),
        DeliveryState::Relayed
    );

    world.stop(Centre).await.unwrap();
    world.join(Centre, Fotehobod);
    world.pass(24).await.unwrap();
    assert!(!world.has(Fotehobod, id).await.unwrap());
    world.start(Centre).await.unwrap();
    world.settle().await.unwrap();

    // Forwarded after its start, and the receipt came back the same way.
    assert_eq!(
        world.state(Oybek, id, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
    settle(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_loses_its_custody_costs_nothing_but_time() {
    let mut world = World::new(32).await.unwrap();
    world.settle().await.unwrap();
    world.back_up(Centre).await.unwrap();
    world.cut(Oybek, Fotehobod).await;
    world.cut(Centre, Fotehobod).await;
    let id = world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    world.settle().await.unwrap();
    assert_eq!(
        world.state(Oybek, id, Fotehobod).await.unwrap(),
        DeliveryState::Relayed
    );

    world.restore(Centre).await.unwrap();
    assert!(!world.has(Centre, id).await.unwrap());
    settle(&mut world).await;

    assert_eq!(
        world.state(Oybek, id, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
}

#[tokio::test(start_paused = true)]
async fn a_sender_restored_from_an_old_backup_gives_no_number_twice() {
    let mut world = World::new(33).await.unwrap();
    world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    world.settle().await.unwrap();
    world.back_up(Oybek).await.unwrap();
    let mut forgotten = Vec::new();
    for _ in 0..3 {
        forgotten.push(
            world
                .send(Oybek, Fotehobod, Urgency::Priority)
                .await
                .unwrap(),
        );
    }
    world.settle().await.unwrap();

    world.isolate(Oybek).await;
    world.restore(Oybek).await.unwrap();
    assert!(!world.has(Oybek, forgotten[0]).await.unwrap());
    // Before anybody could tell it how far it had come.
    let new = world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    settle(&mut world).await;

    assert_eq!(
        world.state(Oybek, new, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
    for id in forgotten {
        assert!(world.has(Fotehobod, id).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_restored_from_an_old_backup_gets_again_what_it_lost() {
    let mut world = World::new(34).await.unwrap();
    world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    world.settle().await.unwrap();
    world.back_up(Fotehobod).await.unwrap();
    let text = world
        .send(Oybek, Fotehobod, Urgency::Priority)
        .await
        .unwrap();
    let file = world.send_file(Oybek, Fotehobod, 100_000).await.unwrap();
    world.settle().await.unwrap();
    assert_eq!(
        world.state(Oybek, file, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );

    world.restore(Fotehobod).await.unwrap();
    assert!(!world.has(Fotehobod, text).await.unwrap());
    settle(&mut world).await;

    for id in [text, file] {
        assert!(world.has(Fotehobod, id).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn clock_jumps_back_a_year() {
    let mut world = World::new(35).await.unwrap();
    world.settle().await.unwrap();
    world.cut(Oybek, Fotehobod).await;
    let before = world
        .send(Oybek, Fotehobod, Urgency::Routine)
        .await
        .unwrap();
    world.jump(Oybek, -365).unwrap();
    // By everybody else's clock this one had run out long ago.
    let after = world.send(Oybek, Fotehobod, Urgency::Flash).await.unwrap();
    let back = world.send(Fotehobod, Oybek, Urgency::Flash).await.unwrap();
    world.join(Oybek, Fotehobod);
    world.settle().await.unwrap();

    for (from, id, to) in [
        (Oybek, before, Fotehobod),
        (Oybek, before, Dushanbe),
        (Oybek, after, Fotehobod),
        (Oybek, after, Dushanbe),
        (Fotehobod, back, Oybek),
    ] {
        let state = world.state(from, id, to).await.unwrap();
        assert_eq!(state, DeliveryState::Delivered, "{from:?} to {to:?}");
    }
    settle(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn a_receiver_whose_clock_is_a_year_ahead_refuses_nothing() {
    let mut world = World::new(36).await.unwrap();
    world.jump(Fotehobod, 365).unwrap();
    let to = world.send(Oybek, Fotehobod, Urgency::Flash).await.unwrap();
    let from = world.send(Fotehobod, Oybek, Urgency::Flash).await.unwrap();
    world.settle().await.unwrap();

    assert_eq!(
        world.state(Oybek, to, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
    assert_eq!(
        world.state(Fotehobod, from, Oybek).await.unwrap(),
        DeliveryState::Delivered
    );
    settle(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn doubled_and_reordered_frames() {
    let mut world = World::new(37).await.unwrap();
    world.faults = Faults {
        lost: 20,
        doubled: 400,
        late: 200,
        mixed: true,
    };
    let mut sent = Vec::new();
    for number in 0..40 {
        let urgency = [Urgency::Flash, Urgency::Priority, Urgency::Routine][number % 3];
        sent.push(world.send(Oybek, Fotehobod, urgency).await.unwrap());
        world.rounds(1).await.unwrap();
    }
    let step = world.rounds(40).await;
    step.unwrap();
    settle(&mut world).await;

    for id in &sent {
        let state = world.state(Oybek, *id, Fotehobod).await.unwrap();
        assert_eq!(state, DeliveryState::Delivered);
    }
    for id in &sent {
        world
            .step(Fotehobod, *id, StepKind::Accepted)
            .await
            .unwrap();
    }
    settle(&mut world).await;
    let state = world.state(Oybek, sent[0], Fotehobod).await.unwrap();
    assert_eq!(state, DeliveryState::Accepted);
}

#[tokio::test(start_paused = true)]
async fn flash_goes_both_ways_and_is_stored_once() {
    let mut world = World::new(38).await.unwrap();
    world.settle().await.unwrap();
    let flash = world.send(Oybek, Fotehobod, Urgency::Flash).await.unwrap();
    let routine = world
        .send(Oybek, Fotehobod, Urgency::Routine)
        .await
        .unwrap();
    world.settle().await.unwrap();

    assert!(world.has(Centre, flash).await.unwrap());
    assert!(!world.has(Centre, routine).await.unwrap());
    assert_eq!(
        world.state(Oybek, flash, Fotehobod).await.unwrap(),
        DeliveryState::Delivered
    );
    // The books look for a second time that it was stored.
    settle(&mut world).await;
}

/// What Fotehobod's doctor says of Oybek's sequence.
async fn sequence(world: &World) -> (bool, String) {
    let checks = world.node(Fotehobod).unwrap().doctor().await;
    let check = checks
        .into_iter()
        .find(|check| check.check == "sequence.uz-oybek")
        .unwrap();
    (check.ok, check.detail)
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_shown_and_a_void_is_none() {
    let mut world = World::new(39).await.unwrap();
    world.settle().await.unwrap();
    world.lose_number(Oybek, Fotehobod).await.unwrap();
    send(&mut world, Urgency::Routine).await;
    world.settle().await.unwrap();
    assert_eq!(sequence(&world).await, (true, "no gap".to_owned()));

    world.isolate(Oybek).await;
    send(&mut world, Urgency::Flash).await;
    world.pass(4 * 24).await.unwrap();
    send(&mut world, Urgency::Routine).await;
    settle(&mut world).await;

    assert_eq!(sequence(&world).await, (false, "not here: 3-3".to_owned()));
}

async fn send(world: &mut World, urgency: Urgency) {
    world.send(Oybek, Fotehobod, urgency).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_backup_restored_twice_gives_no_number_twice() {
    let mut world = World::new(40).await.unwrap();
    send(&mut world, Urgency::Priority).await;
    world.settle().await.unwrap();
    world.back_up(Oybek).await.unwrap();
    for _ in 0..2 {
        world.isolate(Oybek).await;
        world.restore(Oybek).await.unwrap();
        send(&mut world, Urgency::Priority).await;
        world.mend().await.unwrap();
        world.settle().await.unwrap();
    }
    settle(&mut world).await;
}
