//! Homes and commands, and a network of three homes that was founded and joined through commands alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a command said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    /// The last object on standard output.
    pub(crate) json: Value,
    pub(crate) text: String,
    pub(crate) errors: String,
}

impl Answer {
    pub(crate) fn str(&self, key: &str) -> &str {
        self.json[key]
            .as_str()
            .unwrap_or_else(|| panic!("{self:?} has no {key}"))
    }

    /// The one problem: its code and field.
    pub(crate) fn problem(&self) -> (&str, Option<&str>) {
        let problems = self.json["problems"].as_array();
        let [problem] = problems.unwrap_or_else(|| panic!("{self:?}")).as_slice() else {
            panic!("not one problem: {self:?}");
        };
        (problem["code"].as_str().unwrap(), problem["field"].as_str())
    }
}

/// A command with `--json` that has to work.
pub(crate) fn done(home: &Path, args: &[&str]) -> Answer {
    let answer = tried(home, args);
    assert_eq!(answer.code, 0, "{args:?}: {answer:?}");
    answer
}

/// A command with `--json`, whatever comes of it.
pub(crate) fn tried(home: &Path, args: &[&str]) -> Answer {
    let mut whole = vec!["--json", "--lang", "en"];
    whole.extend(args);
    run(home, &whole)
}

/// The binary, untouched by the environment.
pub(crate) fn guzar(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guzar"));
    command
        .args(args)
        .arg("--home")
        .arg(home)
        .env_remove("GUZAR_HOME")
        .env_remove("GUZAR_OFFICER")
        .stdin(Stdio::null());
    command
}

pub(crate) fn run(home: &Path, args: &[&str]) -> Answer {
    let output = guzar(home, args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default();
    Answer {
        code: output.status.code().unwrap(),
        json: serde_json::from_str(last).unwrap_or(Value::Null),
        errors: String::from_utf8(output.stderr).unwrap(),
        text,
    }
}

/// Uzbekistan, Tajikistan and the centre, each with a registrar's home; Oybek and Fotehobod live in the first two.
pub(crate) struct Network {
    pub(crate) dir: TempDir,
    /// The network's, as it is read aloud.
    pub(crate) fingerprint: String,
}

/// Made once for all tests.
pub(crate) static NETWORK: LazyLock<Network> = LazyLock::new(Network::make);

const HOMES: [(&str, &str, &str); 3] = [
    ("uz", "uz-oybek", "UZ"),
    ("tj", "tj-fotehobod", "TJ"),
    ("int", "int-caricc", "INT"),
];

impl Network {
    pub(crate) fn make() -> Self {
        let mut network = Self {
            dir: tempfile::tempdir().unwrap(),
            fingerprint: String::new(),
        };
        network.found();
        network.agree();
        network.join("uz", "UZ/CUSTOMS/OYBEK");
        network.join("tj", "TJ/CUSTOMS/FOTEHOBOD");
        network.exchange();
        network
    }

    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn found(&mut self) {
        let mut founders = Vec::new();
        for (home, node, state) in HOMES {
            let file = self.file(&format!("{state}.founder"));
            let args = ["init", node, "--registrar", state, "--founder-file", &file];
            let made = done(&self.home(home), &args);
            let digits = made.json["founder"]["fingerprint"].as_str().unwrap();
            founders.push(format!("{file}={digits}"));
        }
        let first = self.file("founding");
        let mut args = vec![
            "register", "found", &first, "--name", "Exercise", "--quorum", "1",
        ];
        for founder in &founders {
            args.extend(["--founder", founder]);
        }
        let proposed = done(&self.home("int"), &args);
        proposed.str("network").clone_into(&mut self.fingerprint);
        let mut copies = vec![first.clone()];
        for home in ["uz", "tj"] {
            let copy = self.file(&format!("founding.{home}"));
            let digits = proposed.str("fingerprint");
            let args = ["register", "sign", &first, &copy, "--fingerprint", digits];
            done(&self.home(home), &args);
            copies.push(copy);
        }
        for (home, ..) in HOMES {
            let mut args = vec!["register", "publish"];
            args.extend(copies.iter().map(String::as_str));
            let published = done(&self.home(home), &args);
            assert_eq!(published.json["applied"], 1, "{published:?}");
        }
    }

    /// States, authorities and offices each by itself; the coupling by both.
    fn agree(&self) {
        let plan = self.file("plan.toml");
        std::fs::write(&plan, PLAN).unwrap();
        for home in ["uz", "tj"] {
            let none = self.file(&format!("{home}.none"));
            let made = done(&self.home(home), &["register", "plan", &plan, &none]);
            assert_eq!(made.json["applied"], 3, "{made:?}");
            assert!(!Path::new(&none).exists(), "nobody else has to sign");
        }
        self.exchange();
        std::fs::write(&plan, format!("{PLAN}{COUPLING}")).unwrap();
        let proposal = self.file("coupling");
        let made = done(&self.home("uz"), &["register", "plan", &plan, &proposal]);
        let signed = self.file("coupling.tj");
        let digits = made.str("fingerprint");
        let args = [
            "register",
            "sign",
            &proposal,
            &signed,
            "--fingerprint",
            digits,
        ];
        done(&self.home("tj"), &args);
        for home in ["uz", "tj"] {
            done(&self.home(home), &["register", "publish", &signed]);
        }
    }

    fn join(&self, home: &str, office: &str) {
        let folder = self.home(home);
        let request = self.file(&format!("{home}.request"));
        let network = self.fingerprint.as_str();
        let args = [
            "enroll",
            "request",
            &request,
            "--network",
            network,
            "--office",
            office,
        ];
        let asked = done(&folder, &args);
        let invitation = self.file(&format!("{home}.invitation"));
        let digits = asked.str("fingerprint");
        let args = [
            "enroll",
            "invite",
            &request,
            &invitation,
            "--fingerprint",
            digits,
        ];
        let invited = done(&folder, &args);
        let digits = invited.str("fingerprint");
        let args = ["enroll", "accept", &invitation, "--fingerprint", digits];
        let accepted = done(&folder, &args);
        assert_eq!(accepted.str("network"), network);
    }

    /// What one has said, the other applies.
    pub(crate) fn exchange(&self) {
        for (from, to) in [("uz", "tj"), ("tj", "uz")] {
            let file = self.file(&format!("{from}.acts"));
            if Path::new(&file).exists() {
                std::fs::remove_file(&file).unwrap();
            }
            done(&self.home(from), &["register", "export", &file]);
            done(&self.home(to), &["register", "apply", &file]);
        }
    }
}

pub(crate) const PLAN: &str = r#"
[[state]]
code = "UZ"
zone = "Asia/Tashkent"
from = 2026-01-01
names = { en = "Uzbekistan", ru = "Узбекистан" }
statute = { from = 2026-01-01, title = "Положение" }

[[state]]
code = "TJ"
zone = "Asia/Dushanbe"
from = 2026-01-01
names = { en = "Tajikistan", ru = "Таджикистан" }
statute = { from = 2026-01-01, title = "Положение" }

[[authority]]
state = "UZ"
code = "CUSTOMS"
from = 2026-01-01
names = { en = "Customs", ru = "Таможня" }

[[authority]]
state = "TJ"
code = "CUSTOMS"
from = 2026-01-01
names = { en = "Customs", ru = "Таможня" }

[[office]]
address = "UZ/CUSTOMS/OYBEK"
kind = "blo"
names = { en = "Oybek BLO", ru = "ОПВ «Ойбек»" }
zone = "Asia/Tashkent"
languages = ["uz", "ru"]
from = 2026-01-01

[[office]]
address = "TJ/CUSTOMS/FOTEHOBOD"
kind = "blo"
names = { en = "Fotehobod BLO", ru = "ОПВ «Фотехобод»" }
zone = "Asia/Dushanbe"
languages = ["tg", "ru"]
from = 2026-01-01
"#;

pub(crate) const COUPLING: &str = r#"
[[coupling]]
one = "UZ/CUSTOMS/OYBEK"
other = "TJ/CUSTOMS/FOTEHOBOD"
from = 2026-01-01
copies = []
"#;
