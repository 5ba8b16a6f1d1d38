//! What the files of `data/region` say can be said.

use std::collections::BTreeSet;

use model::address::StateCode;
use register::office::OfficeKind;
use register::region::{Region, RegionError};

use crate::network::{NETWORK, day, publics, state};

fn region() -> &'static Region {
    &NETWORK.region
}

#[test]
fn every_act_applies_at_once() {
    let register = NETWORK.register();

    assert_eq!(register.acts().len(), NETWORK.acts.len());
    assert_eq!(register.offices().count(), region().offices().len());
    assert_eq!(register.desks().count(), region().desks().len());
    assert_eq!(register.crossings().count(), region().crossings().len());
}

#[test]
fn both_ends_and_all_copies_of_a_coupling_are_offices_that_are_open() {
    for coupling in region().couplings() {
        let parties = [&coupling.pair.first, &coupling.pair.second]
            .into_iter()
            .chain(&coupling.copies_of_first)
            .chain(&coupling.copies_of_second);
        for address in parties {
            let office = region()
                .offices()
                .iter()
                .find(|office| office.address == *address);
            let office = office.unwrap_or_else(|| panic!("{}: no office {address}", coupling.pair));
            assert!(office.from <= coupling.from, "{}: {address}", coupling.pair);
        }
    }
}

#[test]
fn every_office_has_a_zone_that_exists_and_sits_at_a_crossing_of_its_state() {
    for office in region().offices() {
        let address = &office.address;
        assert!(
            model::time::is_zone(&office.zone),
            "{address}: {}",
            office.zone
        );
        assert_eq!(
            office.crossing.is_some(),
            office.kind == OfficeKind::Blo,
            "{address}: liaison offices sit at crossings, the others do not"
        );
        if let Some(code) = &office.crossing {
            let mut crossings = region().crossings().iter();
            assert!(
                crossings.any(|own| own.state == address.state && own.code == *code),
                "{address}: no crossing {code}"
            );
        }
    }
}

#[test]
fn an_office_opens_after_its_authority_and_its_code_is_unique_in_its_state() {
    let mut seen = BTreeSet::new();
    for office in region().offices() {
        let address = &office.address;
        let mut authorities = region().authorities().iter();
        assert!(
            authorities.any(|own| own.state == address.state
                && own.code == address.authority
                && own.from <= office.from),
            "{address}"
        );
        assert!(
            seen.insert((&address.state, &address.office)),
            "{address}: its code is taken"
        );
    }
}

#[test]
fn every_desk_is_called_what_its_authority_is_called() {
    for desk in region().desks() {
        assert!(!desk.names.best("ru").is_empty(), "{}", desk.address);
        assert_eq!(
            desk.address.desk.as_ref().unwrap().as_str(),
            desk.authority.as_str()
        );
    }
}

#[test]
fn the_crossing_across_the_line_is_there_unless_its_state_is_not() {
    let states: BTreeSet<&StateCode> = region().states().collect();
    for crossing in region().crossings() {
        let Some(opposite) = &crossing.opposite else {
            continue;
        };
        let mut crossings = region().crossings().iter();
        let there = crossings.any(|own| own.state == opposite.state && own.code == opposite.code);
        assert_eq!(
            there,
            states.contains(&opposite.state),
            "{}/{}",
            crossing.state,
            crossing.code
        );
    }
}

#[test]
fn everything_is_named_in_russian_and_english() {
    let offices = region().offices().iter().map(|office| &office.names);
    let crossings = region().crossings().iter().map(|crossing| &crossing.names);
    let authorities = region().authorities().iter().map(|own| &own.names);
    for names in offices.chain(crossings).chain(authorities) {
        for lang in ["ru", "en"] {
            assert!(
                names.iter().any(|(own, _)| own == lang),
                "{names:?}: no {lang}"
            );
        }
    }
}

#[test]
fn a_renamed_authority_is_called_by_its_name_of_the_day() {
    let register = NETWORK.register();
    let name = |code: &str, date: &str| {
        let authority = register.authority(&state("UZ"), &code.parse().unwrap(), day(date));
        authority.unwrap().names.best("ru").to_owned()
    };

    assert_eq!(
        name("CUSTOMS", "2022-02-15"),
        "Государственный таможенный комитет"
    );
    assert_eq!(
        name("CUSTOMS", "2024-03-07"),
        "Таможенный комитет при Министерстве экономики и финансов"
    );
    assert_eq!(
        name("SGB", "2017-05-12"),
        "Служба национальной безопасности"
    );
}

#[test]
fn of_a_state_without_a_key_nothing_is_said() {
    let mut keys = publics(&NETWORK.keys);
    keys.remove(&state("TJ"));

    let said: Vec<String> = region()
        .bodies(&keys)
        .into_iter()
        .map(|body| register::act::Act::new(day("2026-11-02"), body).to_string())
        .collect();

    assert!(said.iter().any(|line| line.contains("UZ/CUSTOMS/OYBEK")));
    assert!(!said.iter().any(|line| line.contains("TJ/")), "{said:?}");
}

#[test]
fn no_network_without_its_centre() {
    let mut keys = publics(&NETWORK.keys);
    keys.remove(&state("INT"));

    let founding = region().founding("Region", register::network::NetworkKind::Demo, 1, &keys);

    assert!(matches!(founding, Err(RegionError::NoCentre)));
}
