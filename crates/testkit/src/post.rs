//! Who takes part: two liaison offices, an analytical unit, and the regional centre, which relays.

use anyhow::Context as _;
use model::address::Address;
use model::ids::NodeId;

/// A node of the simulated network; each hosts one office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Post {
    Centre,
    Dushanbe,
    Fotehobod,
    Oybek,
}

impl Post {
    pub const ALL: [Self; 4] = [Self::Centre, Self::Dushanbe, Self::Fotehobod, Self::Oybek];

    /// Those that send; the centre only relays.
    pub const OFFICES: [Self; 3] = [Self::Dushanbe, Self::Fotehobod, Self::Oybek];

    /// Every pair that has a line.
    pub const LINES: [(Self, Self); 6] = [
        (Self::Centre, Self::Dushanbe),
        (Self::Centre, Self::Fotehobod),
        (Self::Centre, Self::Oybek),
        (Self::Dushanbe, Self::Fotehobod),
        (Self::Dushanbe, Self::Oybek),
        (Self::Fotehobod, Self::Oybek),
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Centre => "int-caricc",
            Self::Dushanbe => "tj-national",
            Self::Fotehobod => "tj-fotehobod",
            Self::Oybek => "uz-oybek",
        }
    }

    pub fn id(self) -> anyhow::Result<NodeId> {
        Ok(self.name().parse()?)
    }

    pub fn office(self) -> anyhow::Result<Address> {
        let office = match self {
            Self::Centre => "INT/CARICC/ALMATY",
            Self::Dushanbe => "TJ/DCA/ANALYSIS",
            Self::Fotehobod => "TJ/CUSTOMS/FOTEHOBOD",
            Self::Oybek => "UZ/CUSTOMS/OYBEK",
        };
        Ok(office.parse()?)
    }

    /// Whose node that is.
    pub(crate) fn of(node: &NodeId) -> anyhow::Result<Self> {
        Self::ALL
            .into_iter()
            .find(|post| post.name() == node.as_str())
            .with_context(|| format!("{node} takes no part"))
    }
}
