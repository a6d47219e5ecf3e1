//! The catalogues whose numbers are recognised: how each is written, where its pages are,
//! and which table has its titles.

use super::title::{
    ASVS, ATLAS, ATTACK, CAPEC, CWE, D3FEND, LINDDUN, Line, MASVS, NIST_800_53, OWASP, SLSA, Table,
};
use regex::Regex;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// A catalogue and the form of its numbers.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// What it is called: `CWE`, `ATT&CK`, or as `book.toml` names it.
    pub name: String,
    /// The whole reference; the first group that took part is the number.
    pattern: Regex,
    /// The usual writing with a gap for the number; empty where the author's stays.
    pub(super) shown: &'static str,
    address: Address,
    titles: Titles,
    /// What every reference begins with, as far as the pattern tells.
    pub(super) begin: String,
    /// Whether a later release numbers on above the last.
    pub(super) grows: bool,
}

/// Where the public page of a number is.
#[derive(Debug, Clone)]
enum Address {
    /// An address with a gap for the number.
    Gap(String),
    /// In the table.
    Listed,
    /// Made from the number.
    Made(fn(&str) -> Option<String>),
    /// The reference is the address.
    Own,
}

#[derive(Debug, Clone)]
enum Titles {
    None,
    BuiltIn(&'static LazyLock<Table>),
    Own(Table),
}

/// The gap for the number in addresses and writings.
pub const GAP: &str = "{id}";

impl Scheme {
    /// A scheme of a book's own. `pattern` is made with [`whole`]; its first group is the
    /// number, or else all of it. `address` has [`GAP`]; `titles` by number.
    pub fn own(
        name: &str,
        pattern: Regex,
        address: Option<String>,
        titles: BTreeMap<String, String>,
    ) -> Scheme {
        let lines = titles.into_iter().map(|(number, title)| Line {
            number,
            standing: String::new(),
            title,
        });
        let table = Table::new(format!("the titles of `[references.{name}]`"), lines);
        Scheme {
            name: name.to_string(),
            shown: "",
            address: address.map_or(Address::Made(|_| None), Address::Gap),
            titles: if table.is_empty() { Titles::None } else { Titles::Own(table) },
            begin: literal(&pattern),
            pattern,
            grows: false,
        }
    }

    /// The number in a reference of this form.
    pub(super) fn number<'t>(&self, text: &'t str) -> Option<&'t str> {
        let groups = self.pattern.captures(text)?;
        groups.iter().skip(1).flatten().next().or(groups.get(0)).map(|group| group.as_str())
    }

    pub(super) fn table(&self) -> Option<&Table> {
        match &self.titles {
            Titles::None => None,
            Titles::BuiltIn(table) => Some(table),
            Titles::Own(table) => Some(table),
        }
    }

    /// The public page of a number, if it has one.
    pub(super) fn url(&self, text: &str, number: &str) -> Option<String> {
        match &self.address {
            Address::Gap(address) => Some(address.replace(GAP, &encoded(number))),
            Address::Listed => Some(self.table()?.line(number)?.standing.clone()),
            Address::Made(page) => page(number),
            Address::Own => Some(text.to_string()),
        }
    }
}

/// A number as part of an address.
fn encoded(number: &str) -> String {
    let mut out = String::new();
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char);
            }
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// The schemes that come with the program. They read references in capitals.
pub(super) static BUILT_IN: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let gap = |address: &str| Address::Gap(address.to_string());
    let listed = |table| Titles::BuiltIn(table);
    #[rustfmt::skip]
    let rows = [
        ("CWE", r"CWE-([0-9]{1,6})", "CWE-{id}",
            gap("https://cwe.mitre.org/data/definitions/{id}.html"), listed(&CWE), true),
        ("CAPEC", r"CAPEC-([0-9]{1,6})", "CAPEC-{id}",
            gap("https://capec.mitre.org/data/definitions/{id}.html"), listed(&CAPEC), true),
        ("ATT&CK", r"(?:MITRE )?(?:ATT&CK )?(T[0-9]{4}(?:\.[0-9]{3})?|TA[0-9]{4}|M[0-9]{4})",
            "ATT&CK {id}", Address::Made(attack_page), listed(&ATTACK), true),
        ("ASVS", r"(?:OWASP )?ASVS V?5\.0\.0-V?([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})",
            "ASVS v5.0.0-{id}", Address::Made(asvs_page), listed(&ASVS), false),
        ("ASVS", r"(?:OWASP )?ASVS V?([0-9]+\.[0-9]+(?:\.[0-9]+)?-[0-9]+(?:\.[0-9]+){0,2})",
            "", Address::Made(|_| None), Titles::None, false),
        ("OWASP", r"(?:OWASP )?((?:A|API|LLM|M|ASI)[0-9]{1,2}:[0-9]{4}|ASI[0-9]{1,2}|CICD-SEC-[0-9]{1,2})|OWASP ((?:A|API|LLM|M)[0-9]{1,2})",
            "OWASP {id}", Address::Listed, listed(&OWASP), false),
        ("MASVS", r"(?:OWASP )?(MASVS-[A-Z]+(?:-[0-9]{1,2})?)",
            "{id}", Address::Made(masvs_page), listed(&MASVS), false),
        ("ATLAS", r"(?:MITRE )?(?:ATLAS )?(AML\.(?:T[0-9]{4}(?:\.[0-9]{3})?|TA[0-9]{4}|M[0-9]{4}))",
            "ATLAS {id}", Address::Made(atlas_page), listed(&ATLAS), true),
        ("D3FEND", r"(?:MITRE )?(?:D3FEND )?(D3-[A-Z0-9]+)",
            "D3FEND {id}", Address::Listed, listed(&D3FEND), true),
        ("NIST SP 800-53", r"NIST SP 800-53 ?(?:R(?:EV\.? ?)?5 )?([A-Z]{2}-[0-9]{1,2}(?: ?\([0-9]{1,2}\))?)",
            "NIST SP 800-53 {id}", gap("https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final"),
            listed(&NIST_800_53), true),
        ("SLSA", r"SLSA (?:V1\.2 )?([A-Z]+ L[0-9])",
            "SLSA {id}", Address::Made(slsa_page), listed(&SLSA), false),
        ("LINDDUN", r"LINDDUN:? ([A-Z][A-Z -]*)",
            "LINDDUN {id}", gap("https://linddun.org/linddun-go-categories/"), listed(&LINDDUN), false),
        ("CVE", r"(CVE-[0-9]{4}-[0-9]{4,9})",
            "{id}", gap("https://www.cve.org/CVERecord?id={id}"), Titles::None, false),
        ("RFC", r"RFC ?0*([1-9][0-9]{0,4})",
            "RFC {id}", gap("https://www.rfc-editor.org/rfc/rfc{id}"), Titles::None, false),
        ("NIST", r"NIST SP (800-[0-9][0-9A-Z.-]*)",
            "", Address::Made(nist_page), Titles::None, false),
        ("Web", r"HTTPS?://.+", "", Address::Own, Titles::None, false),
    ];
    let scheme = |(name, pattern, shown, address, titles, grows): (&str, &str, _, _, _, _)| {
        let pattern = Regex::new(&whole(pattern)).ok()?;
        let (name, begin) = (name.to_string(), String::new());
        Some(Scheme { name, pattern, shown, address, titles, begin, grows })
    };
    rows.into_iter().filter_map(scheme).collect()
});

/// A pattern that covers all of a text.
pub fn whole(pattern: &str) -> String {
    format!(r"{WHOLE}{pattern})\z")
}

const WHOLE: &str = r"\A(?:";

/// The plain letters that a pattern begins with.
fn literal(pattern: &Regex) -> String {
    let pattern = pattern.as_str().trim_start_matches(WHOLE);
    let plain = |c: &char| c.is_alphanumeric() || " -_&/:".contains(*c);
    pattern.chars().take_while(plain).collect()
}

/// How the numbers of each catalogue begin, by what its name may be taken for.
pub(super) const WRITINGS: [(&str, &str); 16] = [
    ("CWE", "CWE-"),
    ("CAPEC", "CAPEC-"),
    ("ATT&CK", "ATT&CK "),
    ("MITRE", "ATT&CK "),
    ("OWASP", "OWASP "),
    ("CICD", "OWASP CICD-"),
    ("ASVS", "ASVS v5.0.0-"),
    ("MASVS", "MASVS-"),
    ("ATLAS", "ATLAS "),
    ("D3FEND", "D3FEND "),
    ("NIST", "NIST SP 800-53 "),
    ("SLSA", "SLSA "),
    ("SLSA", "SLSA Build "),
    ("LINDDUN", "LINDDUN "),
    ("CVE", "CVE-"),
    ("RFC", "RFC "),
];

/// `T1110.004` is `techniques/T1110/004`; tactics and mitigations have folders of
/// their own.
fn attack_page(id: &str) -> Option<String> {
    let folder = folder(id);
    Some(format!("https://attack.mitre.org/{folder}/{}/", id.replace('.', "/")))
}

fn atlas_page(id: &str) -> Option<String> {
    Some(format!("https://atlas.mitre.org/{}/{id}", folder(id.strip_prefix("AML.")?)))
}

fn folder(id: &str) -> &'static str {
    match id.as_bytes() {
        [b'T', b'A', ..] => "tactics",
        [b'M', ..] => "mitigations",
        _ => "techniques",
    }
}

/// `6.3.1` is in the file of chapter 6: files are numbered from 10 and named after the
/// chapter.
fn asvs_page(number: &str) -> Option<String> {
    let chapter = number.split('.').next()?;
    let name = ASVS.line(chapter)?.title.replace(' ', "-");
    let file = chapter.parse::<u32>().ok()? + 9;
    Some(format!("https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x{file}-V{chapter}-{name}.md"))
}

fn masvs_page(id: &str) -> Option<String> {
    let control = id.ends_with(|c: char| c.is_ascii_digit());
    Some(match control {
        true => format!("https://mas.owasp.org/MASVS/controls/{id}/"),
        false => "https://mas.owasp.org/MASVS/".to_string(),
    })
}

fn slsa_page(id: &str) -> Option<String> {
    let page = match id.split_once(' ')?.0 {
        "Build" => "build-track-basics",
        _ => "source-requirements",
    };
    Some(format!("https://slsa.dev/spec/v1.2/{page}"))
}

/// Publications with letters or revisions have addresses that their number does not tell.
fn nist_page(id: &str) -> Option<String> {
    let number = id.strip_prefix("800-")?;
    number
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| format!("https://csrc.nist.gov/pubs/sp/800/{number}/final"))
}
