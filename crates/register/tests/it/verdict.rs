//! Who may send what to whom in the region, as a table that was written by hand.

use model::kind::DispatchKind;
use register::act::Body;
use register::authority::Authority;
use register::coupling::Coupling;
use register::names::Names;
use register::office::{Office, OfficeKind};
use register::suspension::Suspension;
use register::{Register, SendQuery};

use crate::network::{NETWORK, day, keys_of, office, state};

/// The way by which it may go, or the word for what is missing.
fn verdict(
    register: &Register,
    from: &str,
    to: &str,
    date: &str,
    change: impl FnOnce(&mut SendQuery<'_>),
) -> String {
    let (from, to) = (office(from), office(to));
    let mut query = SendQuery {
        from: &from,
        to: &to,
        kind: DispatchKind::Alert,
        exercise: false,
        drug_related: Some(true),
        now: day(date),
    };
    change(&mut query);
    match register.may_send(&query) {
        Ok(permit) => format!("{:?}", permit.way),
        Err(missing) => missing.code().to_owned(),
    }
}

/// From, to, day, what comes of an alert about drugs.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // Coupled, both ways.
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/CUSTOMS/FOTEHOBOD",
        "2024-03-07",
        "Coupling",
    ),
    (
        "TJ/CUSTOMS/FOTEHOBOD",
        "UZ/CUSTOMS/OYBEK",
        "2023-11-21",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/SARIOSIYO",
        "TJ/BORDER/DUSTI",
        "2021-08-25",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/KUDUKLI",
        "TJ/CUSTOMS/PAKHTAOBOD",
        "2023-10-25",
        "Coupling",
    ),
    (
        "KG/BORDER/DOSTUK",
        "UZ/CUSTOMS/DOSTLIK",
        "2026-11-24",
        "Coupling",
    ),
    (
        "KZ/BORDER/KONYSBAYEV",
        "UZ/CUSTOMS/YALLAMA",
        "2024-05-31",
        "Coupling",
    ),
    (
        "KG/BORDER/AK-ZHOL",
        "KZ/BORDER/KORDAI",
        "2024-05-31",
        "Coupling",
    ),
    // A desk of the office across.
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/CUSTOMS/FOTEHOBOD/DCA",
        "2024-03-07",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/CUSTOMS/FOTEHOBOD/GKNB",
        "2024-03-07",
        "no_such_office",
    ),
    // Copies to the analytical units of both states.
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/DCA/ANALYSIS",
        "2024-03-07",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/OYBEK",
        "UZ/NIACDC/ANALYSIS",
        "2024-03-07",
        "InCountry",
    ),
    (
        "KG/BORDER/DOSTUK",
        "TJ/DCA/ANALYSIS",
        "2024-03-07",
        "no_coupling",
    ),
    // The transit chain inside a state.
    (
        "KG/BORDER/BOR-DOBO",
        "KG/BORDER/DOSTUK",
        "2017-05-12",
        "InCountry",
    ),
    (
        "TJ/BORDER/NIJNIY-PYANJ",
        "TJ/BORDER/DUSTI",
        "2018-05-03",
        "InCountry",
    ),
    (
        "TJ/BORDER/DUSTI",
        "TJ/BORDER/DUSTI/MIA",
        "2018-05-03",
        "InCountry",
    ),
    // Not coupled.
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/BORDER/DUSTI",
        "2024-03-07",
        "no_coupling",
    ),
    (
        "UZ/CUSTOMS/OYBEK",
        "TJ/CUSTOMS/PAKHTAOBOD",
        "2024-03-07",
        "no_coupling",
    ),
    (
        "KG/BORDER/BOR-DOBO",
        "TJ/CUSTOMS/FOTEHOBOD",
        "2026-11-24",
        "no_coupling",
    ),
    (
        "KZ/BORDER/KONYSBAYEV",
        "UZ/CUSTOMS/OYBEK",
        "2024-05-31",
        "no_coupling",
    ),
    // Nobody is there.
    (
        "UZ/CUSTOMS/AYRITOM",
        "AF/BORDER/HAIRATAN",
        "2023-10-11",
        "no_such_office",
    ),
    (
        "UZ/CUSTOMS/ALAT",
        "TM/CUSTOMS/FARAP",
        "2024-03-07",
        "no_such_office",
    ),
    // Not yet, or no longer.
    (
        "UZ/CUSTOMS/KUDUKLI",
        "TJ/CUSTOMS/PAKHTAOBOD",
        "2020-10-25",
        "office_not_open",
    ),
    (
        "UZ/CUSTOMS/DOSTLIK",
        "KG/GSKN/GSKN-ANALYSIS",
        "2016-06-01",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/DOSTLIK",
        "KG/GSKN/GSKN-ANALYSIS",
        "2017-05-12",
        "office_closed",
    ),
    (
        "UZ/CUSTOMS/DOSTLIK",
        "KG/CNS/ANALYSIS",
        "2016-06-01",
        "office_not_open",
    ),
    (
        "UZ/CUSTOMS/DOSTLIK",
        "KG/CNS/ANALYSIS",
        "2017-05-12",
        "Coupling",
    ),
    (
        "UZ/CUSTOMS/DOSTLIK",
        "KG/BORDER/COORDINATION",
        "2018-05-03",
        "Coupling",
    ),
    (
        "UZ/NIACDC/ANALYSIS",
        "TJ/DCA/ANALYSIS",
        "2024-03-07",
        "no_coupling",
    ),
    // The centre.
    (
        "UZ/CUSTOMS/OYBEK",
        "INT/CARICC/ALMATY",
        "2024-03-07",
        "Centre",
    ),
    (
        "INT/CARICC/ALMATY",
        "KG/CNS/ANALYSIS",
        "2024-03-07",
        "Centre",
    ),
    (
        "TJ/DCA/ANALYSIS",
        "INT/CARICC/ALMATY",
        "2008-06-01",
        "not_a_member",
    ),
    (
        "TJ/DCA/ANALYSIS",
        "INT/CARICC/ALMATY",
        "2012-06-01",
        "Centre",
    ),
];

#[test]
fn verdicts_are_those_of_the_table() {
    let register = NETWORK.register();
    for (from, to, date, expected) in TABLE {
        assert_eq!(
            verdict(&register, from, to, date, |_| {}),
            *expected,
            "{from} to {to} on {date}"
        );
    }
}

#[test]
fn what_is_not_about_drugs_goes_across_the_line_but_not_to_the_centre() {
    let register = NETWORK.register();
    let of = |to, drug_related| {
        verdict(&register, "UZ/CUSTOMS/OYBEK", to, "2023-08-15", |query| {
            query.drug_related = drug_related;
        })
    };

    assert_eq!(of("INT/CARICC/ALMATY", Some(false)), "not_for_centre");
    assert_eq!(of("INT/CARICC/ALMATY", None), "Centre");
    assert_eq!(of("TJ/CUSTOMS/FOTEHOBOD", Some(false)), "Coupling");
}

#[test]
fn acts_of_the_register_go_to_everybody() {
    let register = NETWORK.register();
    let way = verdict(
        &register,
        "UZ/CUSTOMS/OYBEK",
        "KG/BORDER/BOR-DOBO",
        "2026-11-24",
        |query| query.kind = DispatchKind::RegisterActs,
    );

    assert_eq!(way, "Register");
}

#[test]
fn an_expired_coupling_and_a_suspended_pair_carry_nothing() {
    let mut register = NETWORK.register();
    let (one, other) = (office("TJ/CUSTOMS/FOTEHOBOD"), office("UZ/CUSTOMS/OYBEK"));
    let of = |register: &Register, from: &str, to: &str| {
        verdict(register, from, to, "2026-11-24", |_| {})
    };

    let mut ending = Coupling::new((&one, &[]), (&other, &[]), day("2025-01-01"));
    ending.until = Some(day("2026-01-01"));
    register
        .apply(&NETWORK.act(Body::Coupling(ending)))
        .unwrap();
    assert_eq!(
        of(&register, "UZ/CUSTOMS/OYBEK", "TJ/CUSTOMS/FOTEHOBOD"),
        "coupling_expired"
    );

    let suspension = Suspension {
        by: state("TJ"),
        against: state("UZ"),
        pair: None,
        from: day("2026-11-01"),
        reason: None,
    };
    register
        .apply(&NETWORK.act(Body::Suspension(suspension)))
        .unwrap();
    assert_eq!(
        of(&register, "UZ/CUSTOMS/SARIOSIYO", "TJ/BORDER/DUSTI"),
        "suspended"
    );
    assert_eq!(
        of(&register, "KG/BORDER/DOSTUK", "UZ/CUSTOMS/DOSTLIK"),
        "Coupling"
    );
}

#[test]
fn without_a_statute_only_training_traffic_goes() {
    let mut register = NETWORK.register();
    let (alat, farap) = (office("UZ/CUSTOMS/ALAT"), office("TM/BORDER/FARAP"));
    let from = day("2024-01-01");
    let farap_office = Office {
        address: farap.clone(),
        kind: OfficeKind::Blo,
        names: Names::new([("ru", "ОПВ «Фараб»")]),
        crossing: Some("farap".parse().unwrap()),
        zone: "Asia/Ashgabat".to_owned(),
        languages: vec!["tk".to_owned()],
        from,
        until: None,
    };
    let coupling = Coupling::new((&alat, &[]), (&farap, &[]), from);
    for body in [Body::Office(farap_office), Body::Coupling(coupling)] {
        register.apply(&NETWORK.act(body)).unwrap();
    }
    let of = |register: &Register, exercise| {
        verdict(
            register,
            "TM/BORDER/FARAP",
            "UZ/CUSTOMS/ALAT",
            "2026-11-24",
            |query| {
                query.exercise = exercise;
            },
        )
    };

    assert_eq!(of(&register, false), "statute_not_in_force");
    assert_eq!(of(&register, true), "Coupling");
}

#[test]
fn an_office_without_a_node_or_a_sealing_key_cannot_be_reached() {
    let mut register = NETWORK.register();
    let address = office("UZ/SGB/ANALYSIS-2");
    let from = day("2024-01-01");
    let authority = Authority {
        state: state("UZ"),
        code: "SGB".parse().unwrap(),
        names: Names::new([("ru", "СГБ")]),
        from,
        until: None,
        successor: None,
    };
    let unit = Office {
        address: address.clone(),
        kind: OfficeKind::AnalyticalUnit,
        names: Names::new([("ru", "СГБ")]),
        crossing: None,
        zone: "Asia/Tashkent".to_owned(),
        languages: vec!["ru".to_owned()],
        from,
        until: None,
    };
    let mut bodies = vec![Body::Authority(authority), Body::Office(unit)];
    bodies.extend(keys_of(&address));
    for body in bodies {
        register.apply(&NETWORK.act(body)).unwrap();
    }

    let to_unit = verdict(
        &register,
        "UZ/CUSTOMS/OYBEK",
        "UZ/SGB/ANALYSIS-2",
        "2026-11-24",
        |_| {},
    );
    let too_late = verdict(
        &register,
        "UZ/CUSTOMS/OYBEK",
        "TJ/CUSTOMS/FOTEHOBOD",
        "2031-01-01",
        |_| {},
    );

    assert_eq!(to_unit, "no_node");
    assert_eq!(too_late, "no_sealing_key");
}
