use model::kind::DispatchKind;

use super::Open;
use super::sample::{add, at, id, incoming, node, out, out_of, relay, write};
use crate::dispatch::{Direction, DispatchQuery, SeqRange};
use crate::{Change, WriteError};

pub async fn a_dispatch_comes_back_as_it_was(open: Open<'_>) {
    let store = open();
    let mut row = incoming(5, 17);
    row.parents = vec![id(3), id(900), id(1)];
    if let Some(read) = &mut row.line.read {
        read.case = Some("CASE-7".parse().unwrap());
        read.exercise = true;
        read.reply_by = None;
    }
    write(&*store, vec![add(row.clone())]).await.unwrap();

    assert_eq!(store.dispatch(id(5)).await.unwrap(), Some(row.clone()));
    assert_eq!(
        store.dispatch_line(id(5)).await.unwrap(),
        Some(row.line.clone())
    );
    assert_eq!(
        store.dispatch_bytes(&[id(6), id(5)]).await.unwrap(),
        [(id(5), row.bytes)]
    );
    assert_eq!(store.dispatch(id(6)).await.unwrap(), None);
    assert_eq!(store.dispatch_line(id(900)).await.unwrap(), None);
}

pub async fn a_relayed_dispatch_has_no_content(open: Open<'_>) {
    let store = open();
    write(&*store, vec![add(relay(5))]).await.unwrap();
    assert_eq!(store.dispatch(id(5)).await.unwrap(), Some(relay(5)));
}

pub async fn bytes_of_every_size_come_back(open: Open<'_>) {
    let store = open();
    let sizes = [
        0, 1, 488, 489, 490, 1_343, 1_345, 2_560, 4_061, 4_096, 4_581, 4_582, 5_770, 9_000, 70_000,
        1_000_003,
    ];
    for (number, size) in (1..).zip(sizes) {
        write(&*store, vec![add(out_of(number, size))])
            .await
            .unwrap();
    }
    for (number, size) in (1..).zip(sizes) {
        assert_eq!(
            store.dispatch(id(number)).await.unwrap(),
            Some(out_of(number, size)),
            "{size}"
        );
    }
}

pub async fn a_dispatch_is_kept_once(open: Open<'_>) {
    let store = open();
    write(&*store, vec![add(out(1))]).await.unwrap();
    let again = write(&*store, vec![add(incoming(1, 4))]).await;
    assert!(matches!(again, Err(WriteError::KnownDispatch(known)) if known == id(1)));
    assert_eq!(store.dispatch(id(1)).await.unwrap(), Some(out(1)));
    assert_eq!(store.have().await.unwrap(), []);
}

pub async fn lists_are_newest_first_and_filtered(open: Open<'_>) {
    let store = open();
    let mut note = out(3);
    if let Some(read) = &mut note.line.read {
        read.kind = DispatchKind::Note;
        read.case = Some("CASE-7".parse().unwrap());
    }
    let rows = [out(2), incoming(1, 1), note, incoming(4, 2), relay(5)];
    for row in rows {
        write(&*store, vec![add(row)]).await.unwrap();
    }
    let all = DispatchQuery {
        limit: 10,
        ..DispatchQuery::default()
    };
    let case = Some("CASE-7".parse().unwrap());
    let queries = [
        (all.clone(), vec![5, 4, 3, 2, 1]),
        (
            DispatchQuery {
                limit: 2,
                ..all.clone()
            },
            vec![5, 4],
        ),
        (
            DispatchQuery {
                before: Some(at(3)),
                ..all.clone()
            },
            vec![2, 1],
        ),
        (
            DispatchQuery {
                direction: Some(Direction::In),
                ..all.clone()
            },
            vec![4, 1],
        ),
        (
            DispatchQuery {
                kind: Some(DispatchKind::Note),
                ..all.clone()
            },
            vec![3],
        ),
        (
            DispatchQuery {
                case: case.clone(),
                ..all.clone()
            },
            vec![3],
        ),
        (
            DispatchQuery {
                case,
                direction: Some(Direction::In),
                ..all
            },
            vec![],
        ),
    ];
    for (query, expected) in queries {
        let lines = store.dispatches(&query).await.unwrap();
        let found: Vec<_> = lines.into_iter().map(|line| line.id).collect();
        let expected: Vec<_> = expected.into_iter().map(id).collect();
        assert_eq!(found, expected, "{query:?}");
    }
}

pub async fn references_prefixes_and_parents_lead_to_dispatches(open: Open<'_>) {
    let store = open();
    let mut child = out(2);
    child.parents = vec![id(1)];
    let mut other = out(3);
    other.parents = vec![id(9), id(1)];
    let rows = vec![add(child), add(other), add(out(1)), add(relay(4))];
    write(&*store, rows).await.unwrap();

    let reference = "UZ-OYBEK-2026-000002".parse().unwrap();
    let found = store.dispatches_by_reference(&reference).await.unwrap();
    assert_eq!(found, [id(2)]);

    let digits = id(3).to_string();
    for len in [8, 9, 63, 64] {
        let prefix: String = digits.chars().take(len).collect();
        let found = store.dispatches_by_prefix(&prefix).await.unwrap();
        assert_eq!(found, [id(3)], "{len}");
    }
    assert_eq!(store.dispatches_by_prefix("").await.unwrap().len(), 4);
    for wrong in ["xyz", "../..", &format!("{digits}0")] {
        assert_eq!(store.dispatches_by_prefix(wrong).await.unwrap(), []);
    }
    let unknown = id(9).to_string();
    assert_eq!(store.dispatches_by_prefix(&unknown).await.unwrap(), []);

    assert_eq!(store.children(id(1)).await.unwrap(), [id(2), id(3)]);
    assert_eq!(store.children(id(9)).await.unwrap(), [id(3)]);
    assert_eq!(store.children(id(2)).await.unwrap(), []);
}

pub async fn arrivals_are_ranges(open: Open<'_>) {
    let store = open();
    for (number, seq) in (1..).zip([5, 1, 2, 4, 9, 3, 9, 11, 10, u64::MAX]) {
        write(&*store, vec![add(incoming(number, seq))])
            .await
            .unwrap();
    }
    let mut other = incoming(50, 7);
    other.line.origin = node("kg-dostuk");
    write(&*store, vec![add(other), add(out(51)), add(relay(52))])
        .await
        .unwrap();

    let mut have = store.have().await.unwrap();
    for (_, ranges) in &mut have {
        ranges.sort_by_key(|range| range.first);
    }
    let range = |first, last| SeqRange { first, last };
    assert_eq!(
        have,
        [
            (node("kg-dostuk"), vec![range(7, 7)]),
            (
                node("uz-oybek"),
                vec![range(1, 5), range(9, 11), range(u64::MAX, u64::MAX)]
            ),
        ]
    );
}

pub async fn a_submission_token_works_once(open: Open<'_>) {
    let store = open();
    let token = |dispatch| Change::AddSubmission {
        token: "t-1".to_owned(),
        dispatch: id(dispatch),
    };
    assert_eq!(store.submission("t-1").await.unwrap(), None);
    write(&*store, vec![add(out(1)), token(1)]).await.unwrap();

    let again = write(&*store, vec![add(out(2)), token(2)]).await;
    assert!(matches!(again, Err(WriteError::KnownSubmission(known)) if known == id(1)));
    assert_eq!(store.submission("t-1").await.unwrap(), Some(id(1)));
    assert_eq!(store.dispatch_line(id(2)).await.unwrap(), None);
}
