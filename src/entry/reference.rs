//! References to public catalogues, such as `CWE-307`, and the public page of each.

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
    /// The OWASP Top 10 lists: web, API and LLM applications.
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

/// Web Top 10 of 2021: the last part of each page's address.
const WEB_2021: [&str; 10] = [
    "A01_2021-Broken_Access_Control",
    "A02_2021-Cryptographic_Failures",
    "A03_2021-Injection",
    "A04_2021-Insecure_Design",
    "A05_2021-Security_Misconfiguration",
    "A06_2021-Vulnerable_and_Outdated_Components",
    "A07_2021-Identification_and_Authentication_Failures",
    "A08_2021-Software_and_Data_Integrity_Failures",
    "A09_2021-Security_Logging_and_Monitoring_Failures",
    "A10_2021-Server-Side_Request_Forgery_%28SSRF%29",
];

/// API Top 10 of 2023: the last part of each page's address.
const API_2023: [&str; 10] = [
    "0xa1-broken-object-level-authorization",
    "0xa2-broken-authentication",
    "0xa3-broken-object-property-level-authorization",
    "0xa4-unrestricted-resource-consumption",
    "0xa5-broken-function-level-authorization",
    "0xa6-unrestricted-access-to-sensitive-business-flows",
    "0xa7-server-side-request-forgery",
    "0xa8-security-misconfiguration",
    "0xa9-improper-inventory-management",
    "0xaa-unsafe-consumption-of-apis",
];

/// ASVS 5.0.0: the file of each chapter, from V1 on.
const ASVS_5: [&str; 17] = [
    "0x10-V1-Encoding-and-Sanitization",
    "0x11-V2-Validation-and-Business-Logic",
    "0x12-V3-Web-Frontend-Security",
    "0x13-V4-API-and-Web-Service",
    "0x14-V5-File-Handling",
    "0x15-V6-Authentication",
    "0x16-V7-Session-Management",
    "0x17-V8-Authorization",
    "0x18-V9-Self-contained-Tokens",
    "0x19-V10-OAuth-and-OIDC",
    "0x20-V11-Cryptography",
    "0x21-V12-Secure-Communication",
    "0x22-V13-Configuration",
    "0x23-V14-Data-Protection",
    "0x24-V15-Secure-Coding-and-Architecture",
    "0x25-V16-Security-Logging-and-Error-Handling",
    "0x26-V17-WebRTC",
];

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
            && let Some(url) = owasp_url(rest.trim())
        {
            return make(Scheme::Owasp, text.to_string(), Some(url));
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

/// `V5.0.0-6.3.1` is in the file of chapter 6 of that release.
fn asvs_url(text: &str) -> Option<String> {
    let number = text.strip_prefix("V5.0.0-")?;
    let mut parts = number.split('.').map(|part| part.parse::<usize>().ok());
    let chapter = parts.next()??;
    if !parts.all(|part| part.is_some()) {
        return None;
    }
    let file = ASVS_5.get(chapter.checked_sub(1)?)?;
    Some(format!("https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/{file}.md"))
}

fn owasp_url(text: &str) -> Option<String> {
    let (code, year) = text.split_once(':')?;
    let index = |prefix: &str| -> Option<usize> {
        let n: usize = code.strip_prefix(prefix)?.parse().ok()?;
        (1..=10).contains(&n).then(|| n - 1)
    };
    match year {
        "2021" => index("A").map(|i| format!("https://owasp.org/Top10/{}/", WEB_2021[i])),
        "2023" => index("API")
            .map(|i| format!("https://owasp.org/API-Security/editions/2023/en/{}/", API_2023[i])),
        // The lists of 2025: their overview, whose address is settled.
        "2025" if index("A").is_some() => Some("https://owasp.org/Top10/2025/".to_string()),
        "2025" if index("LLM").is_some() => Some("https://genai.owasp.org/llm-top-10/".to_string()),
        _ => None,
    }
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
    fn strangers_stay_text() {
        for text in ["CWE-", "T12345", "OWASP A11:2021", "ASVS 4.0.3-2.1.1", "javascript:x"] {
            assert_eq!(Reference::parse(text).url, None, "{text}");
        }
    }
}
