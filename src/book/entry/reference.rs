//! References to public catalogues, such as `CWE-307`, and the public page of each.

use super::title::{Standing, asvs_chapter, owasp_page, standing};

/// The catalogues whose numbers are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Common Weakness Enumeration (MITRE).
    Cwe,
    /// Common Attack Pattern Enumeration and Classification (MITRE).
    Capec,
    /// ATT&CK techniques, sub-techniques, tactics and mitigations (MITRE).
    Attack,
    /// Application Security Verification Standard (OWASP).
    Asvs,
    /// The OWASP Top 10 lists: web, API, LLM applications, mobile.
    Owasp,
    /// Requests for Comments (IETF).
    Rfc,
    /// Special publications of NIST.
    Nist,
    /// A web address.
    Web,
    /// Anything else, shown as text.
    Text,
}

/// A reference as the author wrote it, with the catalogue it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The catalogue.
    pub scheme: Scheme,
    /// The reference in its usual form, such as `ATT&CK T1110.004`.
    pub text: String,
    /// Its public page, where it has one.
    pub url: Option<String>,
}

impl Reference {
    /// Recognises a reference. Never fails: what is not recognised is text.
    pub fn parse(text: &str) -> Reference {
        let text = text.trim();
        let upper = text.to_ascii_uppercase();
        let digits =
            |s: &str| !s.is_empty() && s.len() <= 6 && s.bytes().all(|b| b.is_ascii_digit());
        let make = |scheme, text: String, url: Option<String>| Reference { scheme, text, url };
        if let Some(number) = upper.strip_prefix("CWE-").filter(|n| digits(n)) {
            let url = format!("https://cwe.mitre.org/data/definitions/{number}.html");
            return make(Scheme::Cwe, format!("CWE-{number}"), Some(url));
        }
        if let Some(number) = upper.strip_prefix("CAPEC-").filter(|n| digits(n)) {
            let url = format!("https://capec.mitre.org/data/definitions/{number}.html");
            return make(Scheme::Capec, format!("CAPEC-{number}"), Some(url));
        }
        let attack = upper.strip_prefix("ATT&CK ").unwrap_or(&upper).trim();
        if let Some(path) = attack_path(attack) {
            let url = format!("https://attack.mitre.org/{path}/");
            return make(Scheme::Attack, format!("ATT&CK {attack}"), Some(url));
        }
        if let Some(rest) = upper.strip_prefix("ASVS ") {
            return make(Scheme::Asvs, text.to_string(), asvs_url(rest.trim()));
        }
        if let Some(rest) = upper.strip_prefix("OWASP ")
            && owasp_form(rest.trim())
        {
            let url = owasp_page(rest.trim()).map(str::to_string);
            return make(Scheme::Owasp, text.to_string(), url);
        }
        if let Some(number) = upper.strip_prefix("RFC").map(str::trim).filter(|n| digits(n)) {
            let url = format!("https://www.rfc-editor.org/rfc/rfc{number}");
            return make(Scheme::Rfc, format!("RFC {number}"), Some(url));
        }
        if let Some(rest) = upper.strip_prefix("NIST SP 800-").filter(|r| !r.is_empty()) {
            let number = rest.to_ascii_lowercase();
            let plain = number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let url = plain.then(|| {
                format!("https://csrc.nist.gov/pubs/sp/800/{}/final", number.replace('-', "/"))
            });
            return make(
                Scheme::Nist,
                text.to_string(),
                url.filter(|_| number.bytes().all(|b| b.is_ascii_digit())),
            );
        }
        if upper.starts_with("HTTPS://") || upper.starts_with("HTTP://") {
            return make(Scheme::Web, text.to_string(), Some(text.to_string()));
        }
        make(Scheme::Text, text.to_string(), None)
    }

    /// What the tables of official titles say about it.
    pub fn standing(&self) -> Standing {
        let upper = self.text.to_ascii_uppercase();
        let number = match self.scheme {
            Scheme::Cwe | Scheme::Capec => upper.split_once('-'),
            _ => upper.split_once(' '),
        };
        number.map_or(Standing::NotCovered, |(_, number)| standing(self.scheme, number.trim()))
    }
}

/// `A07:2021`, `API1:2023`, `LLM01:2025`: letters and a number, then a year.
fn owasp_form(text: &str) -> bool {
    text.split_once(':').is_some_and(|(code, year)| {
        let number = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        number.len() < code.len() && digits(number) && year.len() == 4 && digits(year)
    })
}

/// `T1110.004` is `techniques/T1110/004`; tactics and mitigations have folders of
/// their own.
fn attack_path(id: &str) -> Option<String> {
    let number = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_digit());
    if let Some(rest) = id.strip_prefix("TA").filter(|r| number(r)) {
        return Some(format!("tactics/TA{rest}"));
    }
    if let Some(rest) = id.strip_prefix('M').filter(|r| number(r)) {
        return Some(format!("mitigations/M{rest}"));
    }
    let rest = id.strip_prefix('T')?;
    match rest.split_once('.') {
        None => number(rest).then(|| format!("techniques/T{rest}")),
        Some((technique, sub)) => {
            (number(technique) && sub.len() == 3 && sub.bytes().all(|b| b.is_ascii_digit()))
                .then(|| format!("techniques/T{technique}/{sub}"))
        }
    }
}

/// `V5.0.0-6.3.1` is in the file of chapter 6 of that release: files are numbered from
/// 10 and named after the chapter.
fn asvs_url(text: &str) -> Option<String> {
    let number = text.strip_prefix("V5.0.0-")?;
    let mut parts = number.split('.').map(|part| part.parse::<usize>().ok());
    let chapter = parts.next()??;
    if !parts.all(|part| part.is_some()) {
        return None;
    }
    let name = asvs_chapter(chapter)?.replace(' ', "-");
    let file = chapter + 9;
    Some(format!("https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x{file}-V{chapter}-{name}.md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_pages() {
        for (text, url) in [
            ("CWE-307", "https://cwe.mitre.org/data/definitions/307.html"),
            ("capec-600", "https://capec.mitre.org/data/definitions/600.html"),
            ("ATT&CK T1110.004", "https://attack.mitre.org/techniques/T1110/004/"),
            ("T1110", "https://attack.mitre.org/techniques/T1110/"),
            (
                "OWASP A07:2021",
                "https://owasp.org/Top10/A07_2021-Identification_and_Authentication_Failures/",
            ),
            ("RFC 9700", "https://www.rfc-editor.org/rfc/rfc9700"),
        ] {
            assert_eq!(Reference::parse(text).url.as_deref(), Some(url), "{text}");
        }
        let asvs = Reference::parse("ASVS v5.0.0-6.3.1");
        assert!(asvs.url.is_some_and(|url| url.ends_with("0x15-V6-Authentication.md")));
    }

    #[test]
    fn titles_and_standing() {
        let standing = |text: &str| Reference::parse(text).standing();
        for (text, title) in [
            ("CWE-307", "Improper Restriction of Excessive Authentication Attempts"),
            ("CAPEC-600", "Credential Stuffing"),
            ("ATT&CK T1110.004", "Brute Force: Credential Stuffing"),
            ("t1078", "Valid Accounts"),
            ("ATT&CK TA0001", "Initial Access"),
            ("ASVS v5.0.0-6.3.1", "Authentication: General Authentication Security, level 1"),
            ("ASVS v5.0.0-6.3", "Authentication: General Authentication Security"),
            ("OWASP A07:2021", "Identification and Authentication Failures"),
            ("OWASP LLM01:2025", "Prompt Injection"),
        ] {
            assert_eq!(standing(text), Standing::Listed(title.into()), "{text}");
        }
        assert!(matches!(standing("CWE-1"), Standing::Deprecated(_)));
        for text in ["CAPEC-345", "CAPEC-9999", "ATT&CK T1110.999", "OWASP A11:2021"] {
            let found = standing(text);
            let fits = match text {
                "CAPEC-9999" => matches!(found, Standing::Newer(_)),
                _ => matches!(found, Standing::Unknown(_)),
            };
            assert!(fits, "{text}: {found:?}");
        }
        assert!(matches!(standing("ASVS v5.0.0-6.3.99"), Standing::Unknown(_)));
        assert_eq!(standing("RFC 9700"), Standing::NotCovered);
    }

    #[test]
    fn strangers_stay_text() {
        for text in ["CWE-", "T12345", "OWASP A11:2021", "ASVS 4.0.3-2.1.1", "javascript:x"] {
            assert_eq!(Reference::parse(text).url, None, "{text}");
        }
    }
}
