//! Writes: whole or not at all, each for itself, and there after a restart.

use std::sync::Arc;

use super::Open;
use super::sample::{
    DUSHANBE, FOTEHOBOD, add, audit, delivery, id, incoming, node, out, receipt, write,
};
use crate::{Change, WriteError};

pub async fn a_refused_write_leaves_nothing(open: Open<'_>) {
    let store = open();
    write(&*store, vec![add(out(1))]).await.unwrap();
    let refused = vec![
        add(incoming(2, 1)),
        Change::AddDelivery(delivery(2, FOTEHOBOD, "tj-new", 1)),
        Change::AddAudit(audit(&id(2).to_string())),
        Change::RaiseCounter {
            name: "c".to_owned(),
            value: 4,
        },
        Change::AddVoid {
            node: node("tj-other"),
            seq: 4,
        },
        Change::AddReceipt(receipt(2, "tj-new", "new verdict")),
        add(out(1)),
    ];
    let answer = write(&*store, refused).await;
    assert!(matches!(answer, Err(WriteError::KnownDispatch(known)) if known == id(1)));
    assert_eq!(store.dispatch_line(id(2)).await.unwrap(), None);
    assert_eq!(store.deliveries(id(2)).await.unwrap(), []);
    assert_eq!(store.audit_after(0, 9).await.unwrap(), []);
    assert_eq!(store.counters().await.unwrap(), []);
    assert_eq!(store.have().await.unwrap(), []);
    assert_eq!(store.voids(&node("tj-other")).await.unwrap(), []);

    // What the refused write named for the first time is named again.
    let changes = vec![
        add(incoming(2, 1)),
        Change::AddDelivery(delivery(2, FOTEHOBOD, "tj-new", 1)),
        Change::AddReceipt(receipt(2, "tj-new", "new verdict")),
        Change::AddAudit(audit(&id(2).to_string())),
    ];
    write(&*store, changes).await.unwrap();
    assert_eq!(
        store.deliveries(id(2)).await.unwrap(),
        [delivery(2, FOTEHOBOD, "tj-new", 1)]
    );
    assert_eq!(
        store.receipts(id(2)).await.unwrap(),
        [receipt(2, "tj-new", "new verdict")]
    );
    assert_eq!(store.audit_check().await.unwrap(), None);
    assert_eq!(store.integrity().await.unwrap(), [""; 0]);
}

pub async fn one_refused_write_does_not_harm_its_neighbours(open: Open<'_>) {
    let store = open();
    write(&*store, vec![add(out(1_000))]).await.unwrap();
    let mut writes = Vec::new();
    for number in 0..200 {
        let store = Arc::clone(&store);
        writes.push(async move {
            let changes = vec![
                add(out(number)),
                Change::AddDelivery(delivery(number, FOTEHOBOD, "tj-fotehobod", number)),
                Change::AddAudit(audit(&id(number).to_string())),
                add(out(if number % 7 == 3 {
                    1_000
                } else {
                    2_000 + number
                })),
            ];
            (number, write(&*store, changes).await)
        });
    }
    let mut refused = 0;
    for (number, answer) in all(writes).await {
        let kept = store.dispatch_line(id(number)).await.unwrap().is_some();
        assert_eq!(answer.is_ok(), kept, "{number}");
        assert_eq!(kept, number % 7 != 3, "{number}");
        refused += u64::from(!kept);
    }
    let totals = store.totals().await.unwrap();
    assert_eq!(totals.audit, 200 - refused);
    assert_eq!(totals.deliveries, 200 - refused);
    assert_eq!(totals.dispatches, 1 + 2 * (200 - refused));
    assert_eq!(store.audit_check().await.unwrap(), None);
}

pub async fn a_write_that_contradicts_itself_is_refused_alone(open: Open<'_>) {
    let store = open();
    let mut writes = Vec::new();
    for number in 0..120 {
        let store = Arc::clone(&store);
        writes.push(async move {
            let mut changes = vec![
                add(incoming(number, number + 1)),
                Change::AddReceipt(receipt(number, &format!("tj-{number}"), "stored")),
                Change::AddAudit(audit(&id(number).to_string())),
            ];
            // What is wrong shows only when a part of the write is done.
            match number % 40 {
                11 => changes.push(add(incoming(number, number + 1))),
                27 => changes.push(Change::AddDelivery(delivery(
                    number + 10_000,
                    FOTEHOBOD,
                    "tj-fotehobod",
                    number,
                ))),
                _ => {}
            }
            (number, write(&*store, changes).await)
        });
    }
    for (number, answer) in all(writes).await {
        let kept = store.dispatch(id(number)).await.unwrap();
        let receipts = store.receipts(id(number)).await.unwrap();
        match number % 40 {
            11 => {
                assert!(
                    matches!(answer, Err(WriteError::KnownDispatch(known)) if known == id(number))
                );
            }
            27 => assert!(matches!(answer, Err(WriteError::Store(_))), "{answer:?}"),
            _ => {
                answer.unwrap();
                assert_eq!(kept, Some(incoming(number, number + 1)));
                assert_eq!(receipts.len(), 1);
                continue;
            }
        }
        assert_eq!(kept, None);
        assert_eq!(receipts, []);
    }
    assert_eq!(store.totals().await.unwrap().audit, 114);
    assert_eq!(store.audit_check().await.unwrap(), None);
    assert_eq!(store.integrity().await.unwrap(), [""; 0]);
}

pub async fn a_token_that_was_used_leaves_nothing_of_its_second_use(open: Open<'_>) {
    let store = open();
    let submit = |number| {
        let submission = Change::AddSubmission {
            token: "token".to_owned(),
            dispatch: id(number),
        };
        vec![
            add(out(number)),
            submission,
            Change::AddAudit(audit(&id(number).to_string())),
        ]
    };
    let writes = (0..20)
        .map(|number| {
            let store = Arc::clone(&store);
            async move { (number, write(&*store, submit(number)).await) }
        })
        .collect();
    let answers = all(writes).await;
    let accepted: Vec<u64> = answers
        .iter()
        .filter(|(_, answer)| answer.is_ok())
        .map(|(number, _)| *number)
        .collect();
    let [winner] = accepted.as_slice() else {
        unreachable!("one of them is first: {accepted:?}");
    };
    for (number, answer) in &answers {
        assert!(
            number == winner
                || matches!(answer, Err(WriteError::KnownSubmission(known)) if *known == id(*winner))
        );
    }
    let totals = store.totals().await.unwrap();
    assert_eq!((totals.dispatches, totals.audit), (1, 1));
    assert!(store.dispatch(id(*winner)).await.unwrap().is_some());
}

pub async fn what_was_written_is_read_at_once(open: Open<'_>) {
    let store = open();
    for number in 0..100 {
        write(&*store, vec![add(out(number))]).await.unwrap();
        assert!(store.dispatch(id(number)).await.unwrap().is_some());
    }
}

pub async fn everything_is_there_after_a_restart(open: Open<'_>) {
    for round in 0..4 {
        let store = open();
        for number in 0..round * 10 {
            assert_eq!(store.dispatch(id(number)).await.unwrap(), Some(out(number)));
            assert_eq!(store.deliveries(id(number)).await.unwrap().len(), 2);
        }
        for number in round * 10..(round + 1) * 10 {
            let changes = vec![
                add(out(number)),
                Change::AddDelivery(delivery(number, FOTEHOBOD, "tj-fotehobod", number)),
                Change::AddDelivery(delivery(number, DUSHANBE, "tj-dushanbe", number)),
            ];
            write(&*store, changes).await.unwrap();
        }
    }
}

pub async fn an_empty_write_is_fine(open: Open<'_>) {
    write(&*open(), Vec::new()).await.unwrap();
}

/// Polls all futures together until each is done.
async fn all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(move |context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() {
            std::task::Poll::Ready(std::mem::take(&mut done))
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}
